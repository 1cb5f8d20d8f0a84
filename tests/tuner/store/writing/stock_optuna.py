"""A study as Optuna alone would keep it, and all that its tables hold of a study: the oracle of ours."""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Mapping
from typing import Any

import optuna
from optuna.samplers import BaseSampler
from optuna.storages import RDBStorage
from optuna.storages._rdb.models import BaseModel
from optuna.trial import TrialState
from sqlalchemy import ColumnElement, DateTime, Engine, Table, select

from tuner.config.study_config import StudyConfig
from tuner.study.asking.samplers import proposal_seed
from tuner.study.attempt import next_attempt
from tuner.study.outcome import STATE_OF, Completed, Failed, Outcome, attributes_of
from tuner.study.trial import Report
from tuner.versions import git_commit, versions

TABLES: Mapping[str, Table] = BaseModel.metadata.tables
POPULATION = 4
_RANDOM = ("identity", "asked_by")


class StockStudy:
    """A study that is kept by Optuna's own storage and `optuna.Study`, with the attributes that we add.

    Args:
        storage: where it is kept.
        config: the study's.
    """

    def __init__(self, storage: RDBStorage, config: StudyConfig) -> None:
        self.engine = storage.engine
        self._config = config
        objectives = config.objectives
        directions = [objective.direction for objective in objectives]
        self.study = optuna.create_study(study_name="stock", storage=storage, directions=directions)
        self.study_id = storage.get_study_id_from_name("stock")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self.study.set_metric_names([objective.metric for objective in objectives])
        attributes = {"identity": "", "versions": versions(), "git_commit": git_commit()}
        for key, value in (attributes | {"config": json.loads(config.to_json())}).items():
            self.study.set_user_attr(key, value)
        self._trials: dict[int, optuna.Trial] = {}
        self._proposals = 0
        values = config.space.grid_values() if config.sampler.name == "grid" else {}
        points = itertools.product(*values.values())
        self._grid = (dict(zip(values, point, strict=True)) for point in points)

    def ask(self) -> optuna.Trial | None:
        counted = (TrialState.RUNNING, TrialState.COMPLETE, TrialState.PRUNED)
        if len(self._in(*counted)) >= self._config.budget.trials:
            return None
        if self._config.sampler.name == "grid" and not self._in(TrialState.WAITING):
            point = next(self._grid, None)
            if point is None:
                return None
            self.study.enqueue_trial(point)
        self.study.sampler = self._sampler()
        trial = self.study.ask()
        filled = self._config.space.suggest(trial)
        self._proposals += "retry_of" not in trial.user_attrs
        attributes = {
            "asked_by": "",
            "attempt": trial.user_attrs.get("attempt", 1),
            "epochs": self._config.budget.epochs,
            "from_epoch": trial.user_attrs.get("epoch", 0),
            "versions": versions(),
            "git_commit": git_commit(),
            "config": filled,
        }
        _set(trial, attributes)
        self._trials[trial.number] = trial
        return trial

    def report(self, number: int, report: Report) -> None:
        if len(self._config.objectives) == 1:
            self._trials[number].report(report.metrics["score"], report.epoch)
        _set(
            self._trials[number],
            {"checkpoint": report.checkpoint, "epoch": report.epoch, **report.facts},
        )

    def tell(self, number: int, outcome: Outcome) -> None:
        values = None
        if isinstance(outcome, Completed):
            values = [outcome.metrics[objective.metric] for objective in self._config.objectives]
            for each in self._config.constraints:
                self._trials[number].set_constraint(each.key, each.excess(outcome.metrics[each.metric]))
        again = self._next(number, lost=True) if isinstance(outcome, Failed) and outcome.retry else None
        _set(self._trials[number], attributes_of(outcome))
        self.study.tell(number, values, state=STATE_OF[type(outcome)])
        self._queue(again)

    def restart(self) -> None:
        """What the next driver does with the trials that the one before left running."""
        for trial in self._in(TrialState.RUNNING):
            again = self._next(trial.number, lost=False)
            _set(self._trials[trial.number], {"reason": "its driver ended before it did"})
            self.study.tell(trial.number, state=TrialState.FAIL)
            self._queue(again)

    def _sampler(self) -> BaseSampler:
        """Optuna's own, as our documentation describes it; NSGA-II with a small population."""
        name = self._config.sampler.name
        seed = proposal_seed(name, self._config.sampler.seed, self._proposals)
        of = optuna.samplers
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            match name:
                case "tpe":
                    return of.TPESampler(multivariate=False, constant_liar=True, seed=seed)
                case "nsga2":
                    return of.NSGAIISampler(population_size=POPULATION, seed=seed)
                case "gp":
                    return of.GPSampler(seed=seed)
                case "cmaes":
                    return of.CmaEsSampler(seed=seed, warn_independent_sampling=False)
                case "qmc":
                    return of.QMCSampler(scramble=True, seed=seed, warn_independent_sampling=False)
                case _:
                    return of.RandomSampler(seed=seed)

    def _in(self, *states: TrialState) -> list[optuna.trial.FrozenTrial]:
        return self.study.get_trials(deepcopy=False, states=states)

    def _next(self, number: int, *, lost: bool) -> tuple[dict[str, Any], dict[str, Any]] | None:
        return next_attempt(self.study.trials[number], lost=lost)

    def _queue(self, attempt: tuple[dict[str, Any], dict[str, Any]] | None) -> None:
        if attempt is not None:
            params, attributes = attempt
            self.study.enqueue_trial(params, user_attrs={"asked_by": "", **attributes})


def _set(trial: optuna.Trial, attributes: Mapping[str, Any]) -> None:
    for key, value in attributes.items():
        trial.set_user_attr(key, value)


def rows(engine: Engine, study_id: int) -> dict[str, list[dict[str, Any]]]:
    """All rows that Optuna's tables have of a study, without ids, and of times only whether they are there.

    They stand in the order in which they were written, but for attributes, and under their trials' numbers.
    """
    trials, found = TABLES["trials"], {}
    with engine.connect() as connection:
        listed = select(trials.c.trial_id, trials.c.number).where(trials.c.study_id == study_id)
        numbers = {row.trial_id: row.number for row in connection.execute(listed)}
        for name, table in TABLES.items():
            if "trial_id" in table.c:
                mine: ColumnElement[bool] = table.c.trial_id.in_(list(numbers))
            elif "study_id" in table.c:
                mine = table.c.study_id.in_([study_id])
            else:
                continue  # the version of the tables
            written = connection.execute(select(table).where(mine).order_by(*table.primary_key)).mappings()
            found[name] = [_plain(table, row, numbers) for row in written]
            if name.endswith("_attributes"):
                found[name].sort(key=repr)
    return found


def _plain(table: Table, row: Mapping[Any, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        if column.name == "trial_id":
            plain["number"] = numbers[value]
        elif isinstance(column.type, DateTime):
            plain[column.name] = value is not None
        elif not column.primary_key and column.name not in ("study_id", "study_name"):
            plain[column.name] = value
    if plain.get("key") in _RANDOM:
        plain["value_json"] = "random"
    elif ":parent:" in plain.get("key", ""):
        plain["value_json"] = [numbers[trial_id] for trial_id in json.loads(plain["value_json"])]
    return plain
