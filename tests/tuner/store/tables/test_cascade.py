"""Reports go with their trial, whoever deletes the study, and from a store that was made before they did."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from sqlalchemy import create_engine, text

from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.results.dashboard.test_middleware import ask
from tuner.results.dashboard.server import _optuna_dashboard
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.reading.reader import StudyStore
from tuner.store.steering import delete_study
from tuner.store.tables.cascade import TRIGGER
from tuner.store.tables.creation import migrate


def with_optuna(url: str) -> None:
    words = ["delete-study", "--study-name", "gone", "--storage", url]
    subprocess.run([Path(sys.executable).with_name("optuna"), *words], check=True, capture_output=True)


def in_the_dashboard(url: str) -> None:
    store = ReadingStore.open(url, writable=True)
    path = f"/api/studies/{store.study_id('gone')}"
    assert ask(_optuna_dashboard(store), "DELETE", path, errors=io.StringIO()).status == 204


def with_tuner(url: str) -> None:
    delete_study(StudyStore.open(url).load("gone"))


@pytest.fixture
def filled(storage_url: str, tmp_path: Path) -> str:
    """Two studies, of two trials of four epochs each."""
    for name in ("gone", "kept"):
        launch_toy(toy_config(study=name, trials=2), storage_url, tmp_path)
    return storage_url


def execute(url: str, statement: str) -> list[int]:
    """Return the first column of what the statement selects, if it does."""
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        values = [int(row[0]) for row in result] if result.returns_rows else []
    engine.dispose()
    return values


def reports(url: str) -> list[int]:
    return execute(url, "SELECT trial_id FROM tuner_reports ORDER BY trial_id, epoch")


@pytest.mark.parametrize("delete", [with_optuna, in_the_dashboard, with_tuner])
def test_whoever_deletes_a_study_deletes_its_reports(delete: Callable[[str], None], filled: str) -> None:
    kept = execute(filled, "SELECT trial_id FROM trials ORDER BY trial_id")[2:]
    assert len(reports(filled)) == 16
    delete(filled)
    assert reports(filled) == [each for each in kept for _ in range(4)]
    assert len(StudyStore.open(filled).load("kept").reports()) == 8


def test_an_older_store_gives_up_what_deleted_studies_left(filled: str) -> None:
    execute(filled, f"DROP TRIGGER {TRIGGER}" + (" ON trials" if filled.startswith("postgres") else ""))
    execute(filled, "UPDATE tuner_schema SET version = 3")
    with_optuna(filled)
    assert len(reports(filled)) == 16
    migrate(filled, ["score", "cost"])
    assert len(reports(filled)) == 8
    optuna.delete_study(study_name="kept", storage=filled)
    assert reports(filled) == []


def test_a_trigger_that_an_upgrade_of_optuna_lost_is_made_again(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(study="gone", trials=1), sqlite_url, tmp_path)
    execute(sqlite_url, f"DROP TRIGGER {TRIGGER}")
    migrate(sqlite_url, ["score", "cost"])
    with_optuna(sqlite_url)
    assert reports(sqlite_url) == []
