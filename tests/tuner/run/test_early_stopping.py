"""Early stopping: reports in, decisions out."""

from tuner.run.early_stopping.asha import Asha
from tuner.run.early_stopping.median import MedianRule
from tuner.run.early_stopping.rule import NeverStop


def test_asha_keeps_the_best_third_of_those_that_came_so_far() -> None:
    rule = Asha(maximize=True, epochs=9, grace_epochs=1, reduction_factor=3)
    assert rule.observe(0, 1, 0.5) is None  # the first at a rung has nobody to lose against
    assert rule.observe(1, 1, 0.4) == "asha: place 2 of 2 after epoch 1; 1 may go on"
    assert rule.observe(2, 1, 0.6) is None
    assert rule.observe(3, 1, 0.5) is not None
    assert rule.observe(4, 1, 0.1) is not None
    assert rule.observe(5, 1, 0.55) is None  # six there are: two may go on


def test_asha_looks_at_rungs_only_and_never_at_the_last_epoch() -> None:
    rule = Asha(maximize=True, epochs=9, grace_epochs=1, reduction_factor=3)
    for epoch in (1, 3):
        assert rule.observe(0, epoch, 1.0) is None
    assert rule.observe(1, 2, 0.0) is None
    assert rule.observe(1, 3, 0.0) is not None
    assert rule.observe(0, 9, 1.0) is None
    assert rule.observe(1, 9, 0.0) is None


def test_asha_minimizes() -> None:
    rule = Asha(maximize=False, epochs=9, grace_epochs=3, reduction_factor=3)
    assert rule.observe(0, 3, 0.1) is None
    assert rule.observe(1, 3, 0.2) is not None
    assert rule.observe(2, 3, 0.05) is None


def test_asha_counts_a_trial_once_however_often_it_is_replayed() -> None:
    rule = Asha(maximize=True, epochs=9, grace_epochs=1, reduction_factor=2)
    for _ in range(3):
        assert rule.observe(0, 1, 0.9) is None
    assert rule.observe(1, 1, 0.5) == "asha: place 2 of 2 after epoch 1; 1 may go on"


def test_median_waits_for_enough_others_and_for_the_grace_epochs() -> None:
    rule = MedianRule(maximize=True, epochs=9, grace_epochs=2, startup_trials=2)
    for trial in (0, 1):
        for epoch in (1, 2, 3):
            assert rule.observe(trial, epoch, 0.5 + 0.1 * trial) is None
    assert rule.observe(2, 1, 0.1) is None
    assert rule.observe(2, 2, 0.1) == "median: worse than the median of 2 trials after epoch 2"


def test_median_looks_at_the_best_so_far() -> None:
    rule = MedianRule(maximize=True, epochs=9, grace_epochs=1, startup_trials=1)
    rule.observe(0, 1, 0.5)
    rule.observe(0, 2, 0.5)
    assert rule.observe(1, 1, 0.9) is None
    assert rule.observe(1, 2, 0.1) is None


def test_never_stop() -> None:
    assert NeverStop().observe(0, 1, -1e9) is None
