"""Which running trials to stop: reports in, decisions out. It knows no study, no clock and no cluster.

Every rule is told each report of each trial once, also those of earlier launches, and answers whether that
trial should stop, and why. A trial is known by the number of its first attempt. Only the primary objective
is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean, median
from typing import Protocol

from tuner.config.study_config import StudyConfig


class EarlyStopping(Protocol):
    """A rule that ends trials before their last epoch."""

    def observe(self, trial: int, epoch: int, value: float) -> str | None:
        """Notes the primary objective after an epoch (from 1); the reason to stop the trial, or None."""


class NeverStop:
    """Every trial runs to its end."""

    def observe(self, trial: int, epoch: int, value: float) -> str | None:  # noqa: ARG002
        """None, always."""
        return None


class Asha:
    """Asynchronous successive halving (Li et al., MLSys 2020), its stopping variant.

    At the rungs `grace_epochs * reduction_factor^k` a trial goes on only if it is among the best
    `1 / reduction_factor` of those that have reached the rung so far; the best so far always goes on.
    """

    def __init__(self, *, maximize: bool, epochs: int, grace_epochs: int, reduction_factor: int) -> None:
        self._sign = -1.0 if maximize else 1.0
        self._factor = reduction_factor
        self._rungs: dict[int, dict[int, float]] = {}
        rung = grace_epochs
        while rung < epochs:
            self._rungs[rung] = {}
            rung *= reduction_factor

    def observe(self, trial: int, epoch: int, value: float) -> str | None:
        """A reason where the trial is not among the rung's best."""
        rung = self._rungs.get(epoch)
        if rung is None:
            return None
        rung[trial] = loss = self._sign * value
        places = max(1, len(rung) // self._factor)
        better = sum(other < loss for other in rung.values())
        if better < places:
            return None
        return f"asha: place {better + 1} of {len(rung)} after epoch {epoch}; {places} may go on"


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


def early_stopping_of(config: StudyConfig) -> EarlyStopping:
    """The rule that a study's config names."""
    rule = config.early_stopping
    maximize = config.primary.direction == "maximize"
    epochs, grace_epochs = config.budget.epochs, config.budget.grace_epochs
    if rule.name == "asha":
        return Asha(
            maximize=maximize,
            epochs=epochs,
            grace_epochs=grace_epochs,
            reduction_factor=rule.reduction_factor,
        )
    if rule.name == "median":
        return MedianRule(
            maximize=maximize, epochs=epochs, grace_epochs=grace_epochs, startup_trials=rule.startup_trials
        )
    return NeverStop()
