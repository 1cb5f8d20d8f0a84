"""`python -m benchmarks.filled_store STORAGE [--trials N]`: a study of many finished trials.

It is what a long search leaves behind, written in bulk: seconds instead of hours. Commands that read can be
timed on it:

    python -m benchmarks.filled_store sqlite:///filled.db
    time python -m tuner status filled --storage sqlite:///filled.db
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert, select

from tuner.config.study_config import StudyConfig
from tuner.store.create_study import create_or_load
from tuner.store.tables.creation import make_store

SPACE = Path(__file__).parents[1] / "search_spaces" / "dr_triplet.yaml"
OBJECTIVES = {"map_at_r": "maximize", "labelled_samples": "minimize"}
THREE = OBJECTIVES | {"ari": "maximize"}
METRICS = (*OBJECTIVES, *("ari", "ami", "nmi", "recall_at_1", "recall_at_2", "recall_at_4", "recall_at_8"))
STATES = ("COMPLETE",) * 7 + ("PRUNED",) * 2 + ("FAIL",)
FLOAT = "FloatDistribution"
DISTRIBUTIONS: dict[str, dict[str, Any]] = {
    "label_percent": {"name": FLOAT, "attributes": {"low": 1.0, "high": 100.0, "log": True, "step": None}},
    "loss.margin": {"name": FLOAT, "attributes": {"low": 0.05, "high": 1.0, "log": True, "step": None}},
    "loss.reg_ratio": {"name": FLOAT, "attributes": {"low": 0.0, "high": 1.5, "log": False, "step": None}},
    "lsdim": {"name": "CategoricalDistribution", "attributes": {"choices": [2, 4, 10, 64]}},
    "unsupervised.alpha": {
        "name": FLOAT,
        "attributes": {"low": 0.05, "high": 0.95, "log": False, "step": None},
    },
}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

Rows = dict[str, list[dict[str, Any]]]


def fill(
    storage: str,
    trials: int,
    study: str = "filled",
    *,
    seed: int = 0,
    objectives: Mapping[str, str] = OBJECTIVES,
) -> StudyConfig:
    """Make a study of this many ended trials: five parameters, 25 attributes and one report each.

    Seven of ten are completed, two stopped, one failed; parameters and values are random. With
    `THREE` objectives the values lie just below a sphere, so that several hundred trials are on the front.

    Args:
        storage: the store's URL; its tables are made where they are missing.
        trials: how many trials the study gets, and its budget beyond them is 1.
        study: its name, which must be new in this store.
        seed: of the random values.
        objectives: the direction of each; some of `THREE`.

    Returns:
        The study's config.
    """
    named = json.dumps([{"metric": metric, "direction": way} for metric, way in objectives.items()])
    overrides = [f"study={study}", f"budget.trials={trials + 1}", f"objectives={named}"]
    config = StudyConfig.load(SPACE, overrides)
    engine = make_store(storage, METRICS)
    study_id = create_or_load(engine, config).study_id
    with engine.begin() as connection:
        fill_study(connection, MetaData(), study_id, config, trials, seed=seed)
    engine.dispose()
    return config


def fill_study(
    connection: Connection,
    tables: MetaData,
    study_id: int,
    config: StudyConfig,
    count: int,
    *,
    seed: int,
) -> None:
    """Insert so many ended trials of a study; what is learnt of tables is kept in `tables`."""
    rows: Rows = {}
    for number, name, row in _rows(config, count, random.Random(seed)):
        rows.setdefault(name, []).append(row | {"number": number})
    trials = Table("trials", tables, autoload_with=connection)
    ended = [row | {"study_id": study_id} for row in rows.pop("trials")]
    connection.execute(insert(trials), ended)
    same = trials.c.study_id == study_id
    found = connection.execute(select(trials.c.number, trials.c.trial_id).where(same))
    ids = {number: trial_id for number, trial_id in found}  # noqa: C416 - of rows
    for name, listed in rows.items():
        table = Table(name, tables, autoload_with=connection)
        connection.execute(insert(table), [row | {"trial_id": ids[row.pop("number")]} for row in listed])


def _rows(
    config: StudyConfig, trials: int, random_: random.Random
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Every row as its trial's number, its table and its columns."""
    for number in range(trials):
        state = STATES[number % len(STATES)]
        started = BEGAN + timedelta(minutes=number)
        span = {"datetime_start": started, "datetime_complete": started + timedelta(seconds=50)}
        yield number, "trials", {"state": state, **{key: at.replace(tzinfo=None) for key, at in span.items()}}
        params = {name: _value(distribution, random_) for name, distribution in DISTRIBUTIONS.items()}
        for name, value in params.items():
            row = {"param_name": name, "param_value": value}
            yield number, "trial_params", {**row, "distribution_json": json.dumps(DISTRIBUTIONS[name])}
        metrics = {metric: random_.random() for metric in METRICS}
        metrics["labelled_samples"] = float(round(params["label_percent"] * 10))
        if len(config.objectives) == len(THREE):
            metrics |= _below_a_sphere(random_)
        for key, value in _attributes(config, number, state, metrics, started).items():
            yield number, "trial_user_attributes", {"key": key, "value_json": json.dumps(value)}
        if state == "COMPLETE":
            for index, objective in enumerate(config.objectives):
                row = {"objective": index, "value": metrics[objective.metric], "value_type": "FINITE"}
                yield number, "trial_values", row
        yield number, "tuner_reports", {"epoch": 1, "metrics": metrics, "at": started}


def _below_a_sphere(random_: random.Random) -> dict[str, float]:
    """Return three objectives that pull against each other, the better the nearer they are to a sphere."""
    ways = [abs(random_.gauss(0, 1)) for _ in THREE]
    reached = random_.random() ** 0.07 / math.hypot(*ways)
    map_at_r, few, ari = (way * reached for way in ways)
    return {"map_at_r": map_at_r, "labelled_samples": float(round(1_000 * (1 - few))), "ari": ari}


def _value(distribution: dict[str, Any], random_: random.Random) -> float:
    attributes = distribution["attributes"]
    if "choices" in attributes:
        return random_.randrange(len(attributes["choices"]))
    return random_.uniform(attributes["low"], attributes["high"])


def _attributes(
    config: StudyConfig, number: int, state: str, metrics: dict[str, float], started: datetime
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        **{"asked_by": "0123456789abcdef", "attempt": 1, "config": config.train, "git_commit": "0" * 40},
        **{"versions": {"python": "3.11.0", "torch": "2.5.0", "optuna": "5.0.0", "ray": "2.50.0"}},
        **{"node": f"node-{number % 4}", "node_id": f"{number % 4:056d}", "device": "cuda:0"},
        **{"device_name": "A GPU", "started_at": started.isoformat(), "seconds": 50.0, "epoch": 1},
        **{"checkpoint": f"runs/filled/trial-{number:05d}/state.pt", "peak_memory_mib": 512.0},
        **{"split_hash": "0" * 16, "health": "healthy"},
    }
    if state == "COMPLETE":
        return facts | metrics
    return facts | {"reason": "asha: 3rd of 4 at epoch 1" if state == "PRUNED" else "RuntimeError: no luck"}


def main() -> None:
    """Fill the store that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("storage", help="the store's URL")
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--study", default="filled")
    arguments = parser.parse_args()
    fill(arguments.storage, arguments.trials, arguments.study)


if __name__ == "__main__":
    main()
