"""What our driver writes into Optuna's tables is what Optuna writes for the same calls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import optuna
import pytest
from optuna.storages import RDBStorage
from sqlalchemy import Engine

from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.driven import Driven
from tests.tuner.store.writing.stock_optuna import POPULATION, StockStudy, rows
from tuner.config.study_config import StudyConfig
from tuner.store.tables.creation import make_store, optuna_storage
from tuner.study.outcome import Completed, Failed, Outcome, Stopped
from tuner.study.trial import Report, TrialSpec

THREE = [*SINGLE, *({"metric": name, "direction": "minimize"} for name in ("cost", "size"))]

RANGES: dict[str, Any] = {
    "x": {"search": "float", "low": -1.0, "high": 1.0},
    "kind": {
        "rate": {"search": "float", "low": 1e-4, "high": 1.0, "log": True},
        "layers": {"search": "int", "low": 1, "high": 9, "step": 2},
        "width": {"search": "int", "low": 8, "high": 512, "log": True},
        "drop": {"search": "float", "low": 0.0, "high": 0.5, "step": 0.1},
    },
}
CHOICES = {**RANGES, "behaviour": {"search": "categorical", "choices": ["good", None, True, 0.5]}}
OPTIONS = [
    None,
    {"name": "step", "size": {"search": "int", "low": 1, "high": 20}},
    {"name": "cosine", "end": {"search": "float", "low": 1e-6, "high": 1e-2, "log": True}},
]
CONDITIONAL = {**CHOICES, "hangs": {"search": "one_of", "options": OPTIONS}}
GRID = {
    "x": {"search": "categorical", "choices": [-0.5, 0.0, 0.25, 0.5, 1.0]},
    "behaviour": {"search": "categorical", "choices": [True, "good"]},
    "kind": {"n": {"search": "categorical", "choices": [1, 2, 4]}},
}

STUDIES: dict[str, tuple[list[dict[str, str]], dict[str, Any], int]] = {
    "random": (SINGLE, CONDITIONAL, 6),
    "random 3": (THREE, CONDITIONAL, 6),
    "tpe": (SINGLE, CHOICES, 14),
    "tpe conditional": (SINGLE, CONDITIONAL, 14),
    "tpe 3": (THREE, CONDITIONAL, 14),
    "nsga2": (SINGLE, CHOICES, 14),
    "nsga2 3": (THREE, CONDITIONAL, 16),
    "gp": (SINGLE, CHOICES, 12),
    "gp 3": (THREE, CHOICES, 11),
    "cmaes": (SINGLE, RANGES, 22),
    "qmc": (SINGLE, CHOICES, 6),
    "qmc 3": (THREE, RANGES, 6),
    "grid": (SINGLE, GRID, 12),
    "grid 3": (THREE, GRID, 6),
    "tpe constrained": (SINGLE, CHOICES, 14),
    "nsga2 3 constrained": (THREE, CONDITIONAL, 16),
    "gp constrained": (SINGLE, RANGES, 12),
}
"""Objectives, search space and trials of a study; its sampler is the first word of its name."""

CONSTRAINTS = [{"metric": "size", "at_most": 2.0}, {"metric": "score", "at_least": 1e-3}]
"""Those of a constrained study; the completed trials break the one, the other, both or none."""

SAMPLER_OPTIONS: dict[str, dict[str, Any]] = {
    "nsga2": {"population_size": POPULATION},  # it chooses its parents soon
}
KEPT = {"nsga2": "NSGAIISampler:parent:1", "cmaes": "cma:optimizer", "qmc": "qmc:"}
"""What is in a key of what a sampler keeps, once it has begun to: the studies are long enough for that."""


class OurStudy:
    """The study as this program drives it, with the calls of `StockStudy`."""

    def __init__(self, engine: Engine, config: StudyConfig) -> None:
        self.driven = Driven(engine, config)
        self.study_id = self.driven.view.study_id
        self._specs: dict[int, TrialSpec] = {}
        self._begin()

    def ask(self) -> TrialSpec | None:
        spec = self.driven.ask()
        if spec is not None:
            self._specs[spec.number] = spec
        return spec

    def report(self, number: int, report: Report) -> None:
        self.driven.report(self._specs[number], report)

    def tell(self, number: int, outcome: Outcome) -> None:
        self.driven.tell(self._specs[number], outcome)

    def restart(self) -> None:
        self.end()
        self._begin()

    def end(self) -> None:
        self._driving.__exit__(None, None, None)

    def _begin(self) -> None:
        self._driving = self.driven.driving()
        self._driving.__enter__()


def measured(params: Mapping[str, Any]) -> dict[str, float]:
    """Metrics that depend on every parameter."""
    numbers = [
        float(value) if isinstance(value, int | float) else len(str(value)) / 7 for value in params.values()
    ]
    score = 1 / (1 + sum((number - 0.3) ** 2 for number in numbers))
    return {"score": score, "cost": sum(abs(number) for number in numbers), "size": max(numbers) / 3}


def outcome_of(number: int, metrics: dict[str, float]) -> Outcome:
    if number % 7 == 3:
        return Stopped(metrics, 2, "asha: 0.1 is below the median")
    if number % 11 == 5:
        return Failed("ValueError: no", details="Traceback\nValueError: no")
    if number % 13 in (1, 2):
        return Failed("its worker was lost", retry=True)
    return Completed(metrics)


def drive(study: OurStudy | StockStudy, restart_after: int = 0) -> list[dict[str, Any]]:
    """Drive three trials at a time to the budget.

    Args:
        study: the study.
        restart_after: how many outcomes; what runs then is queued again by the next driver.

    Returns:
        The parameters of all trials, in the order in which they were asked for.
    """
    asked: list[dict[str, Any]] = []
    running: list[tuple[int, dict[str, Any]]] = []
    told = 0
    while True:
        while len(running) < 3 and (trial := study.ask()) is not None:
            asked.append(dict(trial.params))
            running.append((trial.number, asked[-1]))
        if not running:
            return asked
        number, params = running.pop(0)
        metrics = measured(params)
        for epoch in (1, 2):
            study.report(
                number, Report(epoch, metrics, f"state-{number}", facts={"device": "cpu", "at": [epoch]})
            )
        study.tell(number, outcome_of(number, metrics))
        told += 1
        if told == restart_after:
            study.restart()
            running.clear()


def config_of(name: str) -> StudyConfig:
    objectives, train, trials = STUDIES[name]
    kind = name.split(maxsplit=1)[0]
    sampler = {"name": kind, "seed": 5, **SAMPLER_OPTIONS.get(kind, {})}
    constraints = CONSTRAINTS if "constrained" in name else []
    return toy_config(sampler=sampler, objectives=objectives, constraints=constraints, trials=trials, **train)


@cache
def stock(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What Optuna alone proposes and keeps; it remembers all the while."""
    study = StockStudy(RDBStorage("sqlite://"), config_of(name))
    return drive(study, restart_after=STUDIES[name][-1] - 2), rows(study.engine, study.study_id)


def ours(engine: Engine, name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What our driver proposes and writes, started again near the end with all that its sampler keeps."""
    study = OurStudy(engine, config_of(name))
    asked = drive(study, restart_after=STUDIES[name][-1] - 2)
    study.end()
    return asked, rows(engine, study.study_id)


ON_POSTGRES = ("tpe conditional", "nsga2 3", "cmaes", "qmc", "tpe constrained")
"""What is written on both databases: every kind of attribute that a sampler keeps."""


@pytest.mark.parametrize("name", STUDIES)
def test_every_row_is_optunas(name: str, sqlite_url: str) -> None:
    assert_the_same(make_store(sqlite_url, ["score"]), name)


@pytest.mark.parametrize("name", ON_POSTGRES)
def test_every_row_is_optunas_on_postgres(name: str, postgres_url: str) -> None:
    assert_the_same(make_store(postgres_url, ["score"]), name)


def assert_the_same(engine: Engine, name: str) -> None:
    # Under the first ids stands another study: a trial's id is not its number.
    optuna.create_study(storage=optuna_storage(engine.url)).enqueue_trial({})
    proposed, expected = stock(name)
    asked, written = ours(engine, name)
    assert asked == proposed
    for table, of_optuna in expected.items():
        assert written[table] == of_optuna, table
    kept = [row["key"] for owner in ("study", "trial") for row in written[f"{owner}_system_attributes"]]
    assert any(KEPT.get(name.split(maxsplit=1)[0], "") in key for key in kept)
