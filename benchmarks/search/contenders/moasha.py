"""Syne Tune's MOASHA: random points, and asynchronous successive halving by fronts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from syne_tune.backend.trial_status import Trial
from syne_tune.config_space import choice, loguniform, uniform
from syne_tune.optimizer.scheduler import SchedulerDecision
from syne_tune.optimizer.schedulers.multiobjective.moasha import MOASHA

from benchmarks.search.simulation import Reached
from tuner.config.space.holes import CategoricalHole, FloatHole, Hole
from tuner.config.space.search_space import SearchSpace


class Moasha:
    """A contender, with the class's defaults.

    Args:
        space: what is searched.
        epochs: of a training.
        trials: how many.
        seed: of numpy's global generator, which its points come from.
    """

    def __init__(self, space: SearchSpace, epochs: int, trials: int, seed: int) -> None:
        np.random.seed(seed)
        domains = {each.name: _domain(each.hole) for each in space.parameters()}
        metrics = ["loss", "labelled_samples"]
        self._scheduler = MOASHA(domains, metrics, max_t=epochs, random_seed=seed)
        self._trials: list[Trial] = []
        self._left = trials

    def ask(self) -> tuple[int, Mapping[str, Any]] | None:
        """Ask the scheduler."""
        number = len(self._trials)
        if number == self._left:
            return None
        suggestion = self._scheduler.suggest()
        self._trials.append(Trial(number, suggestion.config, datetime.now(UTC)))
        self._scheduler.on_trial_add(self._trials[number])
        return number, suggestion.config

    def report(self, trial: int, reached: Reached) -> bool:
        """Ask the scheduler; it ends a trial at its last epoch too."""
        decision = self._scheduler.on_trial_result(self._trials[trial], _result(reached))
        return bool(decision == SchedulerDecision.STOP)

    def tell(self, trial: int, reached: Reached, *, completed: bool) -> None:
        """Nothing: whom the scheduler has stopped it knows."""


def _result(reached: Reached) -> dict[str, Any]:
    return {
        "training_iteration": reached.epoch,
        "loss": -reached.value,
        "labelled_samples": reached.labels,
    }


def _domain(hole: Hole) -> Any:
    """Return a hole as Syne Tune has it."""
    match hole:
        case CategoricalHole():
            return choice(list(hole.choices))
        case FloatHole(log=True):
            return loguniform(hole.low, hole.high)
        case FloatHole():
            return uniform(hole.low, hole.high)
    raise NotImplementedError(hole)
