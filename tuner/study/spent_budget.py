"""What a study has spent of its budget: trials, time on devices, and how long its front has not grown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from tuner.config.study_config import StudyConfig
from tuner.study.history import History
from tuner.study.pareto import as_losses

DONE = (TrialState.COMPLETE, TrialState.PRUNED)
"""The states of trials that count."""

_SECONDS_PER_HOUR = 3600


class SpentBudget:
    """What the trials of a study that have ended took of its budget.

    Args:
        config: the study's.
        history: its trials; those that count are counted, in the order in which they ended.

    Attributes:
        trials: the numbers of those that completed or were stopped.
        trained_again: how many trainings beyond its first a trial has had, or has begun, by its number; of
            those that run or wait as well.
        device_seconds: how long all that ended trained on their devices, failed ones too.
        idle: how many have ended since the front last grew. It grows, and its hypervolume with it, by a
            completed trial that no other of the front dominates or equals.
    """

    def __init__(self, config: StudyConfig, history: History) -> None:
        self.trials: set[int] = set()
        self.trained_again = dict(_trained_again(history))
        self.idle = 0
        self.device_seconds = sum(map(_seconds_of, history.trials(*DONE, TrialState.FAIL)))
        self._budget = config.budget
        self._directions = [objective.direction for objective in config.objectives]
        self._front = np.empty((0, len(self._directions)))
        for trial in sorted(history.trials(*DONE), key=lambda trial: str(trial.datetime_complete)):
            self.add(trial.number, trial.values if trial.state is TrialState.COMPLETE else None)

    @property
    def remaining(self) -> int:
        """How many trials must still be completed or stopped; 0 if the budget is met before.

        A training beyond a trial's first counts as a trial; one that has begun is trained to its end.
        """
        begun = len(self.trained_again.keys() - self.trials)
        return begun if self.met_early else max(begun, self._budget.trials - self._used)

    @property
    def _used(self) -> int:
        return len(self.trials) + sum(self.trained_again.values())

    @property
    def met_early(self) -> str | None:
        """Why a budget with trials left is met, or None."""
        budget = self._budget
        used = f"{self._used} of {budget.trials} trials were used"
        if self._used >= budget.trials:
            return None
        if budget.device_hours is not None and self.device_seconds >= _SECONDS_PER_HOUR * budget.device_hours:
            hours = self.device_seconds / _SECONDS_PER_HOUR
            return f"budget.device_hours: {hours:.3g} of {budget.device_hours:g} hours were trained; {used}"
        if budget.stagnation is not None and self.idle >= budget.stagnation.trials:
            return f"budget.stagnation: the front has not grown in the last {self.idle} trials; {used}"
        return None

    def add(self, number: int, values: Sequence[float] | None) -> None:
        """Count a trial that has ended, once, with its values if it completed and has them all."""
        if number in self.trials:
            return
        self.trials.add(number)
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


def _trained_again(history: History) -> Iterator[tuple[int, int]]:
    for trial in history.trials(*DONE, TrialState.RUNNING, TrialState.WAITING):
        ended = len(trial.user_attrs.get("results", ()))
        if ended and "same_as" not in trial.user_attrs:  # a completed trial's last one is among them
            yield trial.number, ended - (trial.state is TrialState.COMPLETE)


def _seconds_of(trial: FrozenTrial) -> float:
    """How long an ended trial took; 0 if it never began."""
    duration = trial.duration
    return 0.0 if duration is None else max(0.0, duration.total_seconds())
