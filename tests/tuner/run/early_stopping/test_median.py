"""The median stopping rule."""

from tuner.run.early_stopping.median import MedianRule


def test_it_waits_for_enough_others_and_for_the_grace_epochs() -> None:
    rule = MedianRule(epochs=9, grace_epochs=2, startup_trials=2)
    for trial in (0, 1):
        for epoch in (1, 2, 3):
            assert rule.observe(trial, epoch, [0.5 - 0.1 * trial]) is None
    assert rule.observe(2, 1, [0.9]) is None
    assert rule.observe(2, 2, [0.9]) == "median: worse than the median of 2 trials after epoch 2"


def test_it_looks_at_the_best_so_far() -> None:
    rule = MedianRule(epochs=9, grace_epochs=1, startup_trials=1)
    rule.observe(0, 1, [0.5])
    rule.observe(0, 2, [0.5])
    assert rule.observe(1, 1, [0.1]) is None
    assert rule.observe(1, 2, [0.9]) is None


def test_with_several_objectives_the_median_is_one_of_fronts() -> None:
    rule = MedianRule(epochs=9, grace_epochs=1, startup_trials=3)
    for trial in range(3):
        assert rule.observe(trial, 1, (float(trial), float(trial))) is None
    assert rule.observe(3, 1, (0.5, 0.5)) is None  # front 2, between the first and the third
    assert (
        rule.observe(4, 1, (9.0, 9.0)) == "median: front 5 after epoch 1; the median of 4 trials is front 2.5"
    )
    assert rule.observe(5, 1, (9.0, -1.0)) is None  # costs least: it is on the first front
