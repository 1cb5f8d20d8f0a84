"""Stores of version 1 (`data/README.md`) are brought up to date; their studies go on as they would have."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.tuner import toy
from tests.tuner.launching import launch_toy
from tuner.errors import UsageError
from tuner.store.database import make_engine, parse_url
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store, migrate

DATA = Path(__file__).parent / "data"
RESUMED = json.loads((DATA / "version_1_resumed.json").read_text())


@pytest.fixture(params=["sqlite", "postgres"])
def old_url(request: pytest.FixtureRequest) -> str:
    """Each kind of store in turn, as version 1 left it."""
    dump = (DATA / f"version_1_{request.param}.sql").read_text()
    if request.param == "sqlite":
        url = str(request.getfixturevalue("sqlite_url"))
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.executescript(dump)
        file.close()
        return url
    url = str(request.getfixturevalue("empty_postgres_url"))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(dump.replace("%", "%%"))
    engine.dispose()
    return url


def studies(url: str) -> dict[str, StudyView]:
    """All studies of a store, whatever its version."""
    parsed = parse_url(url)
    return {view.name: view for view in StudyStore(parsed, make_engine(parsed)).studies()}


def content(url: str) -> dict[str, Any]:
    return {
        name: (view.config, view.identity, view.records(), view.reports(), view.front())
        for name, view in studies(url).items()
    }


def model_parameters_together(url: str) -> None:
    """Give studies with TPE the option that is today's word for what version 1 did."""
    engine = make_engine(parse_url(url))
    with engine.begin() as connection:
        stored = "SELECT study_id, value_json FROM study_user_attributes WHERE key = 'config'"
        for study_id, value in connection.execute(text(stored)).all():
            config = json.loads(value)
            if config["sampler"]["name"] == "tpe":
                config["sampler"]["multivariate"] = True
            changed = (
                "UPDATE study_user_attributes SET value_json = :value WHERE study_id = :id AND key = 'config'"
            )
            connection.execute(text(changed), {"value": json.dumps(config), "id": study_id})
    engine.dispose()


def test_it_is_refused_until_it_is_migrated(old_url: str) -> None:
    for use in (lambda: StudyStore.open(old_url), lambda: make_store(old_url, toy.metrics)):
        with pytest.raises(
            UsageError, match=r"older version than this program's; run: python -m tuner migrate$"
        ):
            use()


def test_migration_leaves_all_records_as_they_are(old_url: str) -> None:
    before = content(old_url)
    assert {name: len(records) for name, (_, _, records, _, _) in before.items()} == {
        "done": 4,
        "interrupted": 16,
        "single": 12,
    }
    assert migrate(old_url, toy.metrics).startswith("upgraded the tables in ")
    assert content(old_url) == before
    assert migrate(old_url, toy.metrics).endswith("are up to date")
    engine = make_engine(parse_url(old_url))
    with engine.connect() as connection:
        assert not connection.execute(text("SELECT * FROM study_user_attributes WHERE key = 'driver'")).all()
        states = connection.execute(text("SELECT study, state, score FROM tuner_results")).all()
    engine.dispose()
    assert len(states) == 32


@pytest.mark.parametrize("name", RESUMED)
def test_its_studies_go_on_as_they_would_have(name: str, old_url: str, tmp_path: Path) -> None:
    migrate(old_url, toy.metrics)
    model_parameters_together(old_url)
    before = studies(old_url)[name]
    launched = launch_toy(before.config, old_url, tmp_path)
    assert launched.study.remaining == 0
    resumed = [
        {
            "number": record.number,
            "state": record.state,
            "params": dict(record.params),
            "values": list(record.values),
            "attempt": record.attributes.get("attempt"),
            "retry_of": record.attributes.get("retry_of"),
        }
        for record in launched.study.records()
    ]
    assert resumed == RESUMED[name]


def test_a_study_that_was_completed_stays_so(old_url: str, tmp_path: Path) -> None:
    migrate(old_url, toy.metrics)
    before = content(old_url)["done"]
    assert launch_toy(studies(old_url)["done"].config, old_url, tmp_path).exit_code == 0
    assert content(old_url)["done"] == before


def test_what_was_mining_is_a_miner(old_url: str) -> None:
    words = {"search": "categorical", "choices": ["all", "hard"]}
    train = {"x": 0.5, "loss": {"search": "one_of", "options": [{"name": "triplet", "mining": words}]}}
    engine = make_engine(parse_url(old_url))
    with engine.begin() as connection:
        of_study = "SELECT value_json FROM study_user_attributes WHERE key = 'config' AND study_id = 1"
        config = json.loads(connection.scalar(text(of_study)))
        config["train"] = train
        changed = "UPDATE study_user_attributes SET value_json = :value WHERE key = 'config' AND study_id = 1"
        connection.execute(text(changed), {"value": json.dumps(config)})
        connection.execute(
            text("UPDATE trial_params SET param_name = 'loss.triplet.mining' WHERE param_id = 1")
        )
    migrate(old_url, toy.metrics)
    with engine.connect() as connection:
        stored = json.loads(connection.scalar(text(of_study)))["train"]["loss"]["options"]
        renamed = connection.scalar(text("SELECT param_name FROM trial_params WHERE param_id = 1"))
    engine.dispose()
    assert stored == [{"name": "triplet", "miner": {"name": words}}]
    assert renamed == "loss.triplet.miner.name"
