"""What a study has spent of its budget: the trials that count, and how long its front has not grown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from optuna.trial import TrialState

from tuner.config.study_config import StudyConfig
from tuner.study.history import History
from tuner.study.pareto import as_losses

DONE = (TrialState.COMPLETE, TrialState.PRUNED)
"""The states of trials that count."""


class SpentBudget:
    """The trials of a study that have completed or were stopped.

    Args:
        config: the study's.
        history: its trials; those that count are counted, in the order in which they ended.

    Attributes:
        trials: their numbers.
        idle: how many have ended since the front last grew. It grows, and its hypervolume with it, by a
            completed trial that no other of the front dominates or equals.
    """

    def __init__(self, config: StudyConfig, history: History) -> None:
        self.trials: set[int] = set()
        self.idle = 0
        self._budget = config.budget
        self._directions = [objective.direction for objective in config.objectives]
        self._front = np.empty((0, len(self._directions)))
        for trial in sorted(history.trials(*DONE), key=lambda trial: str(trial.datetime_complete)):
            self.add(trial.number, trial.values if trial.state is TrialState.COMPLETE else None)

    @property
    def remaining(self) -> int:
        """How many trials must still be completed or stopped; 0 while the front is stagnant."""
        return 0 if self.stagnation else max(0, self._budget.trials - len(self.trials))

    @property
    def stagnation(self) -> str | None:
        """Why a budget with trials left is met, or None: the front has not grown for `stagnation.trials`."""
        rule = self._budget.stagnation
        if rule is None or self.idle < rule.trials or len(self.trials) >= self._budget.trials:
            return None
        return (
            f"budget.stagnation: the front has not grown in the last {self.idle} trials; "
            f"{len(self.trials)} of {self._budget.trials} were used"
        )

    def add(self, number: int, values: Sequence[float] | None) -> None:
        """Count a trial that has ended, with its values if it completed."""
        self.trials.add(number)
        losses = None if values is None else as_losses([values], self._directions)
        if losses is None or (self._front <= losses).all(axis=1).any():
            self.idle += 1
        else:
            self.idle = 0
            beaten = (losses <= self._front).all(axis=1)
            self._front = np.vstack([self._front[~beaten], losses])

    def discard(self, number: int) -> None:
        """Count a trial no longer: another program deleted it, or it did not end so after all."""
        self.trials.discard(number)
