"""Making the store's tables and bringing them up to date, whatever stands in the database."""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.tuner.configs import toy_config
from tests.tuner.confirming import confirm_toy
from tests.tuner.launching import launch_toy
from tuner.__main__ import main
from tuner.errors import UsageError
from tuner.run.confirm.jobs import Wanted
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.create_study import create_or_load
from tuner.store.database import make_engine, parse_url
from tuner.store.queue.queue_writer import QueueOptions, submit
from tuner.store.queue.queued_study import read_queue
from tuner.store.queue.service_row import read_services
from tuner.store.reading.reader import StudyStore
from tuner.store.tables import migrations
from tuner.store.tables.creation import make_store, migrate
from tuner.store.tables.schema import VERSION, Schema, schema_of

METRICS = ["score", "cost"]
VERSION_4 = ("DROP TABLE tuner_queue", "DROP TABLE tuner_services")
"""Takes away what version 5 has beside the tables of version 4."""
VERSION_2 = (
    "DROP VIEW tuner_confirmed",
    "DROP TABLE tuner_confirmations",
    "DROP TABLE tuner_confirmers",
    *VERSION_4,
)
"""Takes away what later versions have beside the tables of version 2."""
OLDER = {
    "of Optuna": ["UPDATE alembic_version SET version_num = 'v3.0.0.d'"],
    "of ours": ["UPDATE tuner_schema SET version = 1", "DROP TABLE tuner_drivers", *VERSION_2],
    "before confirmations": ["UPDATE tuner_schema SET version = 2", *VERSION_2],
    "before the queue": ["UPDATE tuner_schema SET version = 4", *VERSION_4],
    "before it was counted": ["DROP TABLE tuner_schema", "DROP TABLE tuner_drivers", *VERSION_2],
}
NEWER = {
    "of Optuna": "UPDATE alembic_version SET version_num = 'v9.0.0.a'",
    "of ours": "UPDATE tuner_schema SET version = 99",
}


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn, with nothing in it."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_postgres_url"))


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def found_in(url: str) -> Schema:
    engine = make_engine(parse_url(url))
    try:
        return schema_of(engine)
    finally:
        engine.dispose()


def relations(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return {*inspect(engine).get_table_names(), *inspect(engine).get_view_names()}
    finally:
        engine.dispose()


def test_it_makes_all_tables_and_then_nothing(empty_url: str) -> None:
    assert found_in(empty_url) is Schema.EMPTY
    assert migrate(empty_url, METRICS).startswith("made the tables in ")
    assert found_in(empty_url) is Schema.CURRENT
    made = relations(empty_url)
    ours = ("reports", "drivers", "confirmations", "confirmers", "queue", "services", "schema")
    assert {"studies", "trials", *(f"tuner_{name}" for name in (*ours, "results", "confirmed"))} <= made
    assert migrate(empty_url, METRICS).endswith("are up to date")
    assert relations(empty_url) == made
    assert StudyStore.open(empty_url).studies() == []


def test_twelve_processes_at_once(empty_postgres_url: str) -> None:
    # They come from a process that has the program imported, so that they do start at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "tuner.store.tables.creation", "alembic.command", "psycopg2"])
    with ProcessPoolExecutor(12, mp_context=context) as processes:
        said = list(processes.map(migrate, [empty_postgres_url] * 12, [METRICS] * 12))
    assert Counter(line.split(" ")[0] for line in said) == {"made": 1, "the": 11}
    assert found_in(empty_postgres_url) is Schema.CURRENT
    engine = create_engine(empty_postgres_url)
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [VERSION]
        assert connection.scalar(text("SELECT count(*) FROM version_info")) == 1
        assert connection.scalars(text("SELECT version FROM tuner_schema")).all() == [migrations.VERSION]
    assert {"score", "cost"} < {column["name"] for column in inspect(engine).get_columns("tuner_results")}
    engine.dispose()


def test_optunas_tables_get_ours_beside_them(empty_url: str) -> None:
    migrate(empty_url, METRICS)
    ours = ("tuner_reports", "tuner_drivers", "tuner_schema")
    execute(empty_url, *VERSION_2, "DROP VIEW tuner_results", *(f"DROP TABLE {name}" for name in ours))
    assert found_in(empty_url) is Schema.INCOMPLETE
    with pytest.raises(UsageError, match="there is no study store"):
        StudyStore.open(empty_url)
    assert migrate(empty_url, METRICS).startswith("made the tables")
    assert found_in(empty_url) is Schema.CURRENT


def test_an_interrupted_making_is_carried_on(sqlite_url: str) -> None:
    execute(sqlite_url, "CREATE TABLE version_info (version_info_id INTEGER NOT NULL PRIMARY KEY, "
            "schema_version INTEGER, library_version VARCHAR(256))")  # fmt: skip
    assert found_in(sqlite_url) is Schema.INCOMPLETE
    make_store(sqlite_url, METRICS).dispose()
    assert found_in(sqlite_url) is Schema.CURRENT


@pytest.mark.parametrize("older", OLDER.values(), ids=OLDER)
def test_older_tables_are_upgraded_and_keep_their_studies(older: Sequence[str], storage_url: str) -> None:
    engine = make_store(storage_url, METRICS)
    create_or_load(engine, toy_config())
    engine.dispose()
    execute(storage_url, *older)
    uses: list[Callable[[], object]] = [
        lambda: StudyStore.open(storage_url),
        lambda: make_store(storage_url, METRICS),
    ]
    for use in uses:
        with pytest.raises(
            UsageError, match="older version than this program's; run: python -m tuner migrate"
        ):
            use()
    assert migrate(storage_url, METRICS).startswith("upgraded the tables in ")
    assert found_in(storage_url) is Schema.CURRENT
    assert StudyStore.open(storage_url).names() == ["toy"]


def test_a_study_of_version_2_keeps_its_trials_and_can_be_confirmed(storage_url: str, tmp_path: Path) -> None:
    before = launch_toy(toy_config(trials=3), storage_url, tmp_path).study
    content = (before.config, before.identity, before.records(), before.reports(), before.front())
    execute(storage_url, "UPDATE tuner_schema SET version = 2", *VERSION_2)
    migrate(storage_url, METRICS)
    after = StudyStore.open(storage_url).load("toy")
    assert (after.config, after.identity, after.records(), after.reports(), after.front()) == content
    assert confirmations_of(after) == []
    confirm_toy(storage_url, tmp_path, Wanted(trials=[0], seeds=1))
    assert [each.state for each in confirmations_of(after)] == ["COMPLETE"]
    assert launch_toy(toy_config(trials=5), storage_url, tmp_path).study.remaining == 0


def test_a_study_of_version_4_keeps_its_trials_and_can_be_queued(storage_url: str, tmp_path: Path) -> None:
    before = launch_toy(toy_config(trials=2), storage_url, tmp_path).study
    content = (before.config, before.identity, before.records(), before.reports(), before.front())
    execute(storage_url, "UPDATE tuner_schema SET version = 4", *VERSION_4)
    migrate(storage_url, METRICS)
    store = StudyStore.open(storage_url)
    after = store.load("toy")
    assert (after.config, after.identity, after.records(), after.reports(), after.front()) == content
    with store.engine.connect() as connection:
        assert (read_queue(connection), read_services(connection)) == ([], [])
    assert submit(store.engine, after.study_id, QueueOptions())
    with store.engine.connect() as connection:
        assert [each.name for each in read_queue(connection)] == ["toy"]


@pytest.mark.parametrize("newer", NEWER.values(), ids=NEWER)
def test_newer_tables_are_refused_and_left_alone(newer: str, storage_url: str) -> None:
    make_store(storage_url, METRICS).dispose()
    execute(storage_url, newer)
    uses: list[Callable[[], object]] = [
        lambda: StudyStore.open(storage_url),
        lambda: make_store(storage_url, METRICS),
        lambda: migrate(storage_url, METRICS),
    ]
    for use in uses:
        with pytest.raises(UsageError, match="newer version than this program's; update this program"):
            use()


@pytest.mark.parametrize(
    "tables",
    [
        ("CREATE TABLE patients (name TEXT)",),
        # a program that keeps its versions as Optuna does, and has studies and trials of its own
        (
            "CREATE TABLE studies (study_id INTEGER)",
            "CREATE TABLE trials (number INTEGER)",
            "CREATE TABLE alembic_version (version_num TEXT)",
            "CREATE TABLE patients (name TEXT)",
        ),
    ],
)
def test_another_programs_database_is_refused_before_anything_is_made(
    tables: Sequence[str], empty_url: str, tmp_path: Path
) -> None:
    execute(empty_url, *tables)
    before = relations(empty_url), sorted(tmp_path.iterdir())
    for use in (migrate, make_store):
        with pytest.raises(UsageError, match="tables are another program's; name a database of its own"):
            use(empty_url, METRICS)
    with pytest.raises(UsageError, match="there is no study store"):
        StudyStore.open(empty_url)
    assert (relations(empty_url), sorted(tmp_path.iterdir())) == before


def test_readers_of_an_sqlite_file_do_not_block_its_driver(sqlite_url: str) -> None:
    writing, reading = make_store(sqlite_url, METRICS), make_engine(parse_url(sqlite_url))
    create_or_load(writing, toy_config(study="first"))
    with reading.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        assert len(reader.execute(text("SELECT * FROM studies")).all()) == 1
        with writing.begin() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            connection.execute(text("INSERT INTO studies (study_name) VALUES ('toy')"))
    assert StudyStore.open(sqlite_url).names() == ["first", "toy"]


def test_the_verb_says_in_one_line_what_it_did(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tuner", "migrate", "--storage", sqlite_url])
    for said in ("made the tables in {}\n", "the tables in {} are up to date\n"):
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0, capsys.readouterr().out) == (0, said.format(sqlite_url))
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(tuner_results)")}
    connection.close()
    assert {"recall_at_1", "labelled_samples"} <= columns
