"""The median stopping rule, with one objective or several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean, median

import numpy as np

from tuner.study.pareto import front_numbers


class MedianRule:
    """The median stopping rule (Golovin et al., KDD 2017).

    After an epoch, from `grace_epochs` on, a trial stops if its best epoch so far is worse than the median
    of the other trials' running means up to that epoch; not before `startup_trials` others got there. With
    several objectives the best epoch is that of the first one, as in a trial's result, and a trial is worse
    than the median if its front among those means is behind the median of theirs.
    """

    def __init__(self, *, epochs: int, grace_epochs: int, startup_trials: int) -> None:
        self._epochs = epochs
        self._grace_epochs = grace_epochs
        self._startup_trials = startup_trials
        self._losses: dict[int, dict[int, Sequence[float]]] = defaultdict(dict)

    def observe(self, trial: int, epoch: int, losses: Sequence[float]) -> str | None:
        """A reason where the trial's best is worse than the others' median."""
        self._losses[trial][epoch] = losses
        if not self._grace_epochs <= epoch < self._epochs:
            return None
        means = [
            [fmean(column) for column in zip(*(reports[at] for at in reports if at <= epoch), strict=True)]
            for other, reports in self._losses.items()
            if other != trial and epoch in reports
        ]
        if len(means) < self._startup_trials:
            return None
        best = min(self._losses[trial].values(), key=lambda losses: losses[0])
        if len(losses) == 1:
            worse = best[0] > median(mean[0] for mean in means)
            reason = f"median: worse than the median of {len(means)} trials after epoch {epoch}"
            return reason if worse else None
        own, *others = front_numbers(np.array([best, *means])).tolist()
        if own <= median(others):
            return None
        return (
            f"median: front {own} after epoch {epoch}; the median of {len(means)} trials is front "
            f"{median(others):g}"
        )
