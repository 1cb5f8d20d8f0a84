"""Ray Tune's own OptunaSearch and ASHAScheduler, called as Tune calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ray import tune
from ray.tune.schedulers import ASHAScheduler, TrialScheduler
from ray.tune.search.optuna import OptunaSearch

from benchmarks.search.simulation import Reached
from tuner.config.space.holes import CategoricalHole, FloatHole, Hole
from tuner.config.space.search_space import SearchSpace


@dataclass(frozen=True)
class _Trial:
    """What the scheduler reads of a trial of Tune's."""

    trial_id: str


class Stock:
    """A contender, with the defaults of both classes.

    `ASHAScheduler` looks at one metric, the first objective; each trial that it stops is told to the searcher
    as a completed one with the values of its last epoch, as `TuneController` tells it.

    Args:
        space: what is searched.
        epochs: of a training.
        trials: how many.
        seed: the searcher's.
    """

    def __init__(self, space: SearchSpace, epochs: int, trials: int, seed: int) -> None:
        domains = {each.name: _domain(each.hole) for each in space.parameters()}
        metrics, modes = ["map_at_r", "labelled_samples"], ["max", "min"]
        self._search: Any = OptunaSearch(
            OptunaSearch.convert_search_space(domains), metric=metrics, mode=modes, seed=seed
        )
        self._scheduler: Any = ASHAScheduler(  # without a controller, and with less of a trial
            metric="map_at_r", mode="max", max_t=epochs
        )
        self._epochs = epochs
        self._asked = 0
        self._left = trials

    def ask(self) -> tuple[int, Mapping[str, Any]] | None:
        """Ask the searcher."""
        if self._asked == self._left:
            return None
        number = self._asked
        self._asked += 1
        params = self._search.suggest(str(number))
        self._scheduler.on_trial_add(None, _Trial(str(number)))
        return number, params

    def report(self, trial: int, reached: Reached) -> bool:
        """Ask the scheduler; it ends a trial at its last epoch too."""
        decision = self._scheduler.on_trial_result(None, _Trial(str(trial)), _result(reached))
        if decision == TrialScheduler.STOP:
            return True
        self._search.on_trial_result(str(trial), _result(reached))
        return False

    def tell(self, trial: int, reached: Reached, *, completed: bool) -> None:  # noqa: ARG002
        """Tell the searcher the last epoch."""
        self._search.on_trial_complete(str(trial), _result(reached))


def _result(reached: Reached) -> dict[str, Any]:
    return {
        "training_iteration": reached.epoch,
        "map_at_r": reached.value,
        "labelled_samples": reached.labels,
    }


def _domain(hole: Hole) -> Any:
    """Return a hole as Tune has it."""
    match hole:
        case CategoricalHole():
            return tune.choice(list(hole.choices))
        case FloatHole(log=True):
            return tune.loguniform(hole.low, hole.high)
        case FloatHole():
            return tune.uniform(hole.low, hole.high)
    raise NotImplementedError(hole)
