"""What a study has spent of its budget: trials, time on devices, and how long its front has not grown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tuner.config.study_config import StudyConfig
from tuner.study.pareto import as_losses

COUNTED = ("COMPLETE", "PRUNED")
"""The states of trials that count."""

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class SpentTrial:
    """What one trial took of its study's budget.

    Attributes:
        state: Optuna's word.
        values: one an objective, if it is feasible.
        seconds: how long it trained; 0 unless it has ended.
        results: how many results of several trainings it has; 0 if it was trained once.
    """

    number: int
    state: str
    values: Sequence[float] | None
    seconds: float
    results: int = 0

    @property
    def trained_again(self) -> int:
        """How many trainings beyond its first it has had, or has begun."""
        return max(0, self.results - (self.state == "COMPLETE"))


def counts_trials_alone(config: StudyConfig) -> bool:
    """Return whether the number of trials that completed or were stopped is all that meets a budget."""
    budget = config.budget
    return not (budget.device_hours or budget.stagnation or config.replicates)


class SpentBudget:
    """What the trials of a study that have ended took of its budget.

    Args:
        config: the study's.
        trials: its trials, in the order in which they ended.

    Attributes:
        trials: the numbers of those that completed or were stopped.
        trained_again: how many trainings beyond its first a trial has had, or has begun, by its number; of
            those that run or wait as well.
        device_seconds: how long all that ended trained on their devices, failed ones too.
        idle: how many have ended since the front last grew, if the study ends by that. It grows, and its
            hypervolume with it, by a feasible trial that no other of the front dominates or equals.
    """

    def __init__(self, config: StudyConfig, trials: Iterable[SpentTrial] = ()) -> None:
        self.trials: set[int] = set()
        self.trained_again: dict[int, int] = {}
        self.idle = 0
        self.device_seconds = 0.0
        self._budget = config.budget
        self._directions = [objective.direction for objective in config.objectives]
        self._front = np.empty((0, len(self._directions)))
        self._watches_front = bool(config.budget.stagnation or config.replicates)  # it takes a while
        for trial in trials:
            self.device_seconds += trial.seconds
            if trial.trained_again and trial.state != "FAIL":
                self.trained_again[trial.number] = trial.trained_again
            if trial.state in COUNTED:
                self.add(trial.number, trial.values)

    @property
    def remaining(self) -> int:
        """How many trials must still be completed or stopped; 0 if the budget is met before.

        A training beyond a trial's first counts as a trial; one that has begun is trained to its end.
        """
        begun = len(self.trained_again.keys() - self.trials)
        return begun if self.met_early else max(begun, self._budget.trials - self.used)

    @property
    def used(self) -> int:
        """How many trials of the budget are used."""
        return len(self.trials) + sum(self.trained_again.values())

    @property
    def met_early(self) -> str | None:
        """Why a budget with trials left is met, or None."""
        budget = self._budget
        used = f"{self.used} of {budget.trials} trials were used"
        if self.used >= budget.trials:
            return None
        if budget.device_hours is not None and self.device_seconds >= _SECONDS_PER_HOUR * budget.device_hours:
            hours = self.device_seconds / _SECONDS_PER_HOUR
            return f"budget.device_hours: {hours:.3g} of {budget.device_hours:g} hours were trained; {used}"
        if budget.stagnation is not None and self.idle >= budget.stagnation.trials:
            return f"budget.stagnation: the front has not grown in the last {self.idle} trials; {used}"
        return None

    def add(self, number: int, values: Sequence[float] | None) -> None:
        """Count a trial that has ended, once, with its values if it is feasible and has them all."""
        if number in self.trials:
            return
        self.trials.add(number)
        if not self._watches_front:
            return
        whole = values if values is not None and len(values) == len(self._directions) else None
        if whole is None or not self.may_grow(whole):
            self.idle += 1
        else:
            self.idle = 0
            losses = as_losses([whole], self._directions)
            beaten = (losses <= self._front).all(axis=1)
            self._front = np.vstack([self._front[~beaten], losses])

    def may_grow(self, values: Sequence[float]) -> bool:
        """Return whether a trial with these values would enlarge the front."""
        return not (self._front <= as_losses([values], self._directions)).all(axis=1).any()

    def discard(self, number: int, again: int | None = None) -> None:
        """Count a trial no longer: it failed, or another program deleted it, or it did not end so after all.

        Args:
            number: the trial's.
            again: the number of its next attempt, to which its trainings count from here on.
        """
        self.trials.discard(number)
        trained = self.trained_again.pop(number, None)
        if trained is not None and again is not None:
            self.trained_again[again] = trained
