"""A study whose stored config this version cannot read: named, shown, exported, copied, not driven."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from typer.testing import CliRunner, Result

from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.results.dashboard.test_middleware import ask
from tuner.__main__ import main
from tuner.cli import app
from tuner.errors import Conflict, UsageError
from tuner.store import lock
from tuner.store.copy_study import copy_study
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.reading.reader import StudyStore

CONFIGS = {
    "an extra key": json.dumps(json.loads(toy_config(trials=2).to_json()) | {"novelty": 1}),
    "no JSON": '{"study',
    "nested deep": "[" * 10_000 + "]" * 10_000,
    "another value": '"x"',
}
REASONS = {
    "an extra key": "novelty",
    "no JSON": "not valid JSON",
    "nested deep": "recursion",
    "another value": "stored configuration",
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def launched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the studies `toy` and `other`, of two completed trials each."""
    folder = tmp_path_factory.mktemp("launched")
    storage = f"sqlite:///{folder}/tuner.db"
    if request.param == "postgres":
        server = make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg2")
        execute(server, "CREATE DATABASE tuner_unreadable")
        storage = server.set(database="tuner_unreadable").render_as_string(hide_password=False)
    for name in ("toy", "other"):
        launch_toy(toy_config(study=name, trials=2), storage, folder)
    return storage


@pytest.fixture(params=CONFIGS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, launched: str) -> str:
    """The same store, in which the config of `toy` cannot be read."""
    query = (
        "UPDATE study_user_attributes SET value_json = :config WHERE key = 'config' "
        "AND study_id = (SELECT study_id FROM studies WHERE study_name = 'toy')"
    )
    execute(make_url(launched), query, config=CONFIGS[kind])
    return launched


def execute(url: URL, statement: str, **parameters: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement), parameters)
    engine.dispose()


def invoke(*words: str, store: str) -> Result:
    result = CliRunner().invoke(app, [*words, "--storage", store], env={"COLUMNS": "300"})
    assert result.exit_code == 0, result.output
    return result


def test_it_is_shown_and_exported_and_hides_no_other(kind: str, store: str) -> None:
    toy, other = json.loads(invoke("status", "--json", store=store).stdout)
    assert (toy["study"], toy["budget"], toy["remaining"], toy["completed"]) == ("toy", None, None, 2)
    assert "study 'toy'" in toy["unreadable"]
    assert REASONS[kind] in toy["unreadable"]
    assert len(toy["unreadable"].splitlines()) == 1
    assert {key: other[key] for key in ("study", "budget", "unreadable")} == {
        "study": "other",
        "budget": 2,
        "unreadable": None,
    }
    assert {key: other[key] for key in ("completed", "front", "best")} == {
        key: toy[key] for key in ("completed", "front", "best")
    }
    table = invoke("status", store=store).stdout
    assert "unreadable" in table
    assert "other" in table
    assert "not driven; study 'toy' cannot be driven" in invoke("status", "toy", store=store).stdout
    front, front_of_other = (
        json.loads(invoke("front", name, "--json", store=store).stdout) for name in ("toy", "other")
    )
    assert [each["values"] for each in front] == [each["values"] for each in front_of_other]
    assert "front of toy" in invoke("front", "toy", store=store).stdout
    assert len(list(csv.DictReader(io.StringIO(invoke("export", "toy", store=store).stdout)))) == 2


def test_it_is_not_driven(
    kind: str, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUNER_STORAGE", store)
    monkeypatch.setattr(sys, "argv", ["tuner", "resume", "toy"])
    with pytest.raises(SystemExit) as ended:
        main()
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert line.startswith("study 'toy' cannot be driven by this version: ")
    assert REASONS[kind] in line
    with pytest.raises(UsageError, match="study 'toy' cannot be driven"):
        launch_toy(toy_config(trials=3), store, tmp_path)
    assert launch_toy(toy_config(study="other", trials=2), store, tmp_path).study.remaining == 0


def test_it_is_copied_as_it_is(store: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/copy.db"
    source = StudyStore.open(store).load("toy")
    held = lock.exclusive(source.engine, lock.driver_purpose(source.study_id), wait=False)
    with held, pytest.raises(Conflict, match="study 'toy' is driven by"):
        copy_study("toy", store, target, ["score"])
    assert copy_study("toy", store, target, ["score"]) == 2
    copy = StudyStore.open(target).load("toy")
    assert copy.records() == source.records()
    assert copy.reports() == source.reports()
    assert (copy.folder_name, copy.objectives) == (source.folder_name, source.objectives)
    assert copy.unreadable


@pytest.fixture
def dashboard(store: str) -> Iterator[Any]:
    from optuna_dashboard import wsgi

    storage = ReadingStore.open(store).storage()
    yield wsgi(storage)
    storage.remove_session()
    storage.engine.dispose()


def test_the_dashboard_shows_it(dashboard: Any) -> None:
    listed = ask(dashboard, path="/api/studies", ACCEPT_ENCODING="identity")
    studies = json.loads(listed.body)["study_summaries"]
    assert [study["study_name"] for study in studies] == ["toy", "other"]
    for study in studies:
        shown = ask(dashboard, path=f"/api/studies/{study['study_id']}", ACCEPT_ENCODING="identity")
        assert shown.status == 200
        assert len(json.loads(shown.body)["trials"]) == 2
