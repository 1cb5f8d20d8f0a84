"""Asynchronous successive halving."""

from tuner.run.early_stopping.asha import Asha


def test_it_keeps_the_best_third_of_those_that_came_so_far() -> None:
    rule = Asha(epochs=9, grace_epochs=1, reduction_factor=3)
    assert rule.observe(0, 1, [0.5]) is None  # the first at a rung has nobody to lose against
    assert rule.observe(1, 1, [0.6]) == "asha: place 2 of 2 after epoch 1; 1 may go on"
    assert rule.observe(2, 1, [0.4]) is None
    assert rule.observe(3, 1, [0.5]) is not None
    assert rule.observe(4, 1, [0.9]) is not None
    assert rule.observe(5, 1, [0.45]) is None  # six there are: two may go on


def test_it_looks_at_rungs_only_and_never_at_the_last_epoch() -> None:
    rule = Asha(epochs=9, grace_epochs=1, reduction_factor=3)
    for epoch in (1, 3):
        assert rule.observe(0, epoch, [0.0]) is None
    assert rule.observe(1, 2, [1.0]) is None
    assert rule.observe(1, 3, [1.0]) is not None
    assert rule.observe(0, 9, [0.0]) is None
    assert rule.observe(1, 9, [1.0]) is None


def test_trials_of_several_objectives_are_ranked_by_their_fronts() -> None:
    rule = Asha(epochs=9, grace_epochs=3, reduction_factor=3)
    fronts = [(0, 4), (2, 2), (4, 0), (1, 6), (3, 4), (6, 1), (5, 7)]
    reasons = [rule.observe(trial, 3, losses) for trial, losses in enumerate(fronts)]
    assert reasons[:3] == [None] * 3
    assert reasons[3:] == [
        "asha: front 2 of 2 at epoch 3, place 4 of 4; 1 may go on",
        "asha: front 2 of 2 at epoch 3, place 5 of 5; 1 may go on",
        "asha: front 2 of 2 at epoch 3, place 5 of 6; 2 may go on",
        "asha: front 3 of 3 at epoch 3, place 7 of 7; 2 may go on",
    ]


def test_a_trial_behind_the_first_front_goes_on_where_there_is_room() -> None:
    rule = Asha(epochs=9, grace_epochs=1, reduction_factor=2)
    assert rule.observe(0, 1, (0.0, 0.0)) is None
    for trial in range(1, 3):
        assert rule.observe(trial, 1, (5.0 + trial, 5.0 + trial)) is not None
    assert rule.observe(3, 1, (1.0, 1.0)) is None  # front 2 of 4, place 2 of 4: two may go on


def test_one_that_costs_less_than_all_others_goes_on_however_bad_it_is() -> None:
    rule = Asha(epochs=9, grace_epochs=1, reduction_factor=3)
    for trial in range(12):
        rule.observe(trial, 1, (0.1, 100.0 + trial))
    assert rule.observe(12, 1, (0.9, 12.0)) is None
    assert rule.observe(13, 1, (0.9, 200.0)) is not None
