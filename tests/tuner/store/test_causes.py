"""What a database says is told from what no waiting mends, and named with its remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors
from sqlalchemy import Engine, exc

from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.toy import train as train_toy
from tuner.errors import Unreachable
from tuner.results.front import front_table
from tuner.run import session
from tuner.store.database import is_outage, set_up_sqlite
from tuner.store.hints import hint_for
from tuner.store.tables import creation
from tuner.study.trial import Report, TrialSpec


@pytest.mark.parametrize(
    ("kind", "code", "waits"),
    [
        (errors.AdminShutdown, "57P01", True),
        (errors.CannotConnectNow, "57P03", True),
        (errors.QueryCanceled, "57014", True),
        (errors.DiskFull, "53100", True),
        (errors.TooManyConnections, "53300", True),
        (errors.DeadlockDetected, "40P01", True),
        (errors.LockNotAvailable, "55P03", True),
        (errors.ReadOnlySqlTransaction, "25006", True),
        (errors.DatabaseDropped, "57P04", False),
        (errors.UndefinedTable, "42P01", False),
        (errors.InsufficientPrivilege, "42501", False),
        (errors.ForeignKeyViolation, "23503", False),
    ],
)
def test_what_is_worth_waiting_for_on_postgres(kind: type[Exception], code: str, waits: bool) -> None:
    assert is_outage(exc.DBAPIError("SELECT 1", {}, SimpleNamespace(pgcode=code))) is waits  # type: ignore[arg-type]
    assert issubclass(kind, psycopg2.Error)


@pytest.mark.parametrize(
    ("words", "waits"),
    [
        ("database is locked", True),
        ("database or disk is full", True),
        ("disk I/O error", True),
        ("unable to open database file", True),
        ("attempt to write a readonly database", False),
        ("no such table: trials", False),
        ('FATAL:  password authentication failed for user "tuner"', False),
        ("fe_sendauth: no password supplied", False),
        ('FATAL:  role "tuner" does not exist', False),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9"', False),
        ("could not connect to server: Connection refused", True),
        ("FATAL:  sorry, too many clients already", True),
        ("FATAL:  the database system is starting up", True),
    ],
)
def test_what_is_worth_waiting_for_by_its_words(words: str, waits: bool) -> None:
    error = exc.OperationalError("SELECT 1", {}, sqlite3.OperationalError(words))
    assert is_outage(error) is waits
    assert hint_for(words) != "see the database's own log" or "table" in words


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ('FATAL:  too many connections for role "tuner"', "max_connections"),
        ("FATAL:  remaining connection slots are reserved for roles with SUPERUSER", "max_connections"),
        ("cannot execute INSERT in a read-only transaction", "default_transaction_read_only"),
        ("could not extend file: No space left on device", "make room"),
        ("terminating connection due to administrator command", "start the database"),
        ("canceling statement due to lock timeout", "pg_stat_activity"),
    ],
)
def test_causes_have_hints(words: str, hint: str) -> None:
    assert hint in hint_for(words)


def test_a_full_sqlite_file_is_waited_for_and_named(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path)
    pages = "PRAGMA page_count"
    with sqlite3.connect(tmp_path / "tuner.db") as connection:
        full = int(connection.execute(pages).fetchone()[0])
    connection.close()

    def set_up_full(engine: Engine) -> None:
        from sqlalchemy import event

        set_up_sqlite(engine)

        @event.listens_for(engine, "connect")
        def limit(made: Any, _: Any) -> None:
            made.execute(f"PRAGMA max_page_count = {full}")

    monkeypatch.setattr(creation, "set_up_sqlite", set_up_full)
    monkeypatch.setattr(session, "PATIENCE_SECONDS", 1)
    with pytest.raises(Unreachable, match=r"database or disk is full; make room on the disk"):
        launch_toy(toy_config(trials=40), sqlite_url, tmp_path)
    monkeypatch.undo()
    assert launch_toy(toy_config(trials=6), sqlite_url, tmp_path).study.remaining == 0


def test_an_sqlite_file_that_goes_is_named_and_put_back_it_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    file, kept = tmp_path / "tuner.db", tmp_path / "kept.db"

    def train(spec: TrialSpec) -> Iterator[Report]:
        for report in train_toy(spec):
            if (spec.number, report.epoch) == (1, 2):
                file.rename(kept)
            yield report

    with pytest.raises(Unreachable, match=r"tuner.db was deleted or replaced .*put it back, and run"):
        launch_toy(toy_config(trials=3), sqlite_url, tmp_path, train=train)
    assert not file.exists()
    kept.rename(file)
    finished = launch_toy(toy_config(trials=3), sqlite_url, tmp_path).study
    assert finished.remaining == 0
    epochs = [epoch for origin, epoch, _ in finished.reports() if origin == 1]
    assert epochs == [1, 2, 3, 4]


def test_a_launch_shows_its_front_though_its_database_went_at_the_end(
    sqlite_url: str, tmp_path: Path
) -> None:
    launched = launch_toy(toy_config(trials=3), sqlite_url, tmp_path)
    (tmp_path / "tuner.db").unlink()
    assert front_table(launched.study, launched.front).rows
