"""Optuna's samplers as a user of Optuna gets them, without early stopping: it has none for two objectives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import optuna

from benchmarks.search.simulation import Reached
from tuner.config.space.search_space import SearchSpace


class OptunaAlone:
    """A contender.

    Args:
        space: what is searched.
        sampler: Optuna's.
        trials: how many.
        log_labels: whether the sampler is told the logarithm of labels, as hypervolumes have it.
    """

    def __init__(
        self,
        space: SearchSpace,
        sampler: optuna.samplers.BaseSampler,
        trials: int,
        *,
        log_labels: bool = False,
    ) -> None:
        self._cost = math.log if log_labels else float
        self._space = space
        self._left = trials
        self._study = optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)

    def ask(self) -> tuple[int, Mapping[str, Any]] | None:
        """Ask Optuna."""
        if not self._left:
            return None
        self._left -= 1
        trial = self._study.ask()
        self._space.suggest(trial)
        return trial.number, trial.params

    def report(self, trial: int, reached: Reached) -> bool:  # noqa: ARG002
        """Goes on."""
        return False

    def tell(self, trial: int, reached: Reached, *, completed: bool) -> None:  # noqa: ARG002
        """Tell Optuna the best epoch."""
        self._study.tell(trial, [reached.best, self._cost(reached.labels)])
