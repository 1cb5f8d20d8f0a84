"""The median stopping rule."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean, median


class MedianRule:
    """The median stopping rule (Golovin et al., KDD 2017).

    After an epoch, from `grace_epochs` on, a trial stops if its best value so far is worse than the median
    of the other trials' running means up to that epoch; not before `startup_trials` others got there.
    """

    def __init__(self, *, maximize: bool, epochs: int, grace_epochs: int, startup_trials: int) -> None:
        self._sign = -1.0 if maximize else 1.0
        self._epochs = epochs
        self._grace_epochs = grace_epochs
        self._startup_trials = startup_trials
        self._losses: dict[int, dict[int, float]] = defaultdict(dict)

    def observe(self, trial: int, epoch: int, value: float) -> str | None:
        """A reason where the trial's best is worse than the others' median."""
        self._losses[trial][epoch] = self._sign * value
        if not self._grace_epochs <= epoch < self._epochs:
            return None
        others = [
            fmean(loss for at, loss in losses.items() if at <= epoch)
            for other, losses in self._losses.items()
            if other != trial and epoch in losses
        ]
        if len(others) < self._startup_trials or min(self._losses[trial].values()) <= median(others):
            return None
        return f"median: worse than the median of {len(others)} trials after epoch {epoch}"
