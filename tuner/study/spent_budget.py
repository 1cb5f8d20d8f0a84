"""What a study has spent of its budget: trials, time on devices, and how long its front has not grown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from tuner.config.study_config import StudyConfig
from tuner.study.history import History, feasible_values
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
        device_seconds: how long all that ended trained on their devices, failed ones too.
        idle: how many have ended since the front last grew. It grows, and its hypervolume with it, by a
            feasible trial that no other of the front dominates or equals.
    """

    def __init__(self, config: StudyConfig, history: History) -> None:
        self.trials: set[int] = set()
        self.idle = 0
        self.device_seconds = sum(map(_seconds_of, history.trials(*DONE, TrialState.FAIL)))
        self._budget = config.budget
        self._directions = [objective.direction for objective in config.objectives]
        self._front = np.empty((0, len(self._directions)))
        for trial in sorted(history.trials(*DONE), key=lambda trial: str(trial.datetime_complete)):
            self.add(trial.number, feasible_values(trial))

    @property
    def remaining(self) -> int:
        """How many trials must still be completed or stopped; 0 if the budget is met before."""
        return 0 if self.met_early else max(0, self._budget.trials - len(self.trials))

    @property
    def met_early(self) -> str | None:
        """Why a budget with trials left is met, or None."""
        budget = self._budget
        used = f"{len(self.trials)} of {budget.trials} trials were used"
        if len(self.trials) >= budget.trials:
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
        whole = values if values is not None and len(values) == len(self._directions) else None
        losses = None if whole is None else as_losses([whole], self._directions)
        if losses is None or (self._front <= losses).all(axis=1).any():
            self.idle += 1
        else:
            self.idle = 0
            beaten = (losses <= self._front).all(axis=1)
            self._front = np.vstack([self._front[~beaten], losses])

    def discard(self, number: int) -> None:
        """Count a trial no longer: another program deleted it, or it did not end so after all."""
        self.trials.discard(number)


def _seconds_of(trial: FrozenTrial) -> float:
    """How long an ended trial took; 0 if it never began."""
    duration = trial.duration
    return 0.0 if duration is None else max(0.0, duration.total_seconds())
