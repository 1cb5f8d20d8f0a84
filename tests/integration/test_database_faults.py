"""A database that goes away while a study runs: nothing is lost, nothing is trained or stored twice."""

from __future__ import annotations

import io
import itertools
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import make_url

from tests.acceptance.command_line import wait_until
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.driver_process import epochs_trained, started
from tests.tuner.launching import history, launch_toy
from tests.tuner.postgres_server import PostgresServer, a_server
from tuner.errors import Unreachable
from tuner.run import session
from tuner.run.ended import Launched
from tuner.store.create_study import create_or_load
from tuner.store.open_study import driving
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store

pytestmark = pytest.mark.integration

TRIALS, EPOCHS = 4, 4
NAMES = (f"faulty_{number}" for number in itertools.count())
END_DRIVERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tuner'"


@pytest.fixture(scope="module")
def server(postgres: str) -> Iterator[PostgresServer]:
    with a_server() as server:
        server.execute("ALTER SYSTEM SET max_connections = 20")
        server.restart()
        yield server


@pytest.fixture
def database(server: PostgresServer) -> str:
    name = next(NAMES)
    server.execute(f"CREATE DATABASE {name}")
    make_store(server.url(name), toy.metrics).dispose()
    return name


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> StudyView:
    folder = tmp_path_factory.mktemp("undisturbed")
    return launch_toy(toy_config(trials=TRIALS), f"sqlite:///{folder}/tuner.db", folder).study


def assert_whole(study: StudyView, undisturbed: StudyView) -> None:
    records = study.records()
    assert [record.number for record in records] == list(range(len(records)))
    assert {record.state for record in records} <= {"COMPLETE", "PRUNED", "FAIL"}
    completed = [record for record in records if record.state == "COMPLETE"]
    assert len(completed) == TRIALS
    assert all({"score", "cost"} <= record.attributes.keys() for record in completed)
    assert [(dict(each.params), each.values) for each in completed] == [
        (dict(each.params), each.values) for each in undisturbed.records()
    ]
    epochs: dict[int, list[int]] = {}
    for origin, epoch, _ in study.reports():
        epochs.setdefault(origin, []).append(epoch)
    assert list(epochs.values()) == [list(range(1, EPOCHS + 1))] * TRIALS


def outcome_waits(folder: Path) -> bool:
    """Whether all outcomes of the study are among what its driver has written down."""
    return sum(each.read_text().count('"COMPLETE"') for each in logs_of(folder)) == TRIALS


def logs_of(folder: Path) -> list[Path]:
    return list(folder.glob("runs/*/events/*.log"))


@dataclass
class Driven:
    """A study that is being driven in this process, whose first trial waits after its first epoch."""

    server: PostgresServer
    database: str
    folder: Path
    said: io.StringIO
    launched: Future[Launched]

    def says(self, words: str) -> None:
        wait_until(lambda: words in self.said.getvalue() or self.launched.done())
        assert words in self.said.getvalue(), self.launched.done() and self.launched.exception()

    def go_on(self) -> None:
        (self.folder / "gate").touch()

    def waiting(self) -> list[Path]:
        return logs_of(self.folder)

    def written(self) -> int:
        """How many rows the store has of trials and what is known of them."""
        tables = ("trials", "trial_params", "trial_user_attributes", "tuner_reports")
        counts = " + ".join(f"(SELECT COUNT(*) FROM {table})" for table in tables)
        return int(self.server.execute(f"SELECT {counts}", database=self.database)[0][0])

    def has_written_more_than(self, rows: int) -> bool:
        return self.launched.done() or self.written() > rows

    def end_connections(self) -> None:
        self.server.execute(END_DRIVERS)


@contextmanager
def driven(server: PostgresServer, database: str, folder: Path) -> Iterator[Driven]:
    said = io.StringIO()
    config = toy_config(trials=TRIALS, until=str(folder / "gate"))
    with ThreadPoolExecutor(1) as thread:
        launched = thread.submit(launch_toy, config, server.url(database), folder, said=said)
        driven = Driven(server, database, folder, said, launched)
        try:
            reports = "SELECT COUNT(*) FROM tuner_reports"
            wait_until(lambda: server.execute(reports, database=database)[0][0] or launched.done())
            yield driven
        finally:
            driven.go_on()
            launched.exception()


def restarted(study: Driven) -> None:
    study.server.restart("fast")
    study.go_on()


def crashed(study: Driven) -> None:
    study.server.restart("immediate")
    study.go_on()


def stopped_for_a_while(study: Driven) -> None:
    study.server.stop()
    study.go_on()
    wait_until(lambda: outcome_waits(study.folder))  # it trains on, to its end
    study.says("waiting for the database postgresql")
    study.server.start()
    study.says("the database is back")


def cut_in_a_loop(study: Driven) -> None:
    """Every connection is ended, again and again, whenever something more has been written."""
    study.go_on()
    while not study.launched.done():
        written = study.written()
        study.end_connections()
        wait_until(partial(study.has_written_more_than, written))


def read_only_for_a_while(study: Driven) -> None:
    study.server.execute(f"ALTER DATABASE {study.database} SET default_transaction_read_only = on")
    study.end_connections()
    study.go_on()
    study.says("in a read-only transaction")
    study.server.execute(f"ALTER DATABASE {study.database} RESET default_transaction_read_only")
    study.end_connections()


def out_of_connections(study: Driven) -> None:
    url = make_url(study.server.url()).set(drivername="postgresql")
    held: list[Any] = []
    taken = threading.Event()

    def take_all() -> None:
        while not taken.is_set():
            try:
                held.append(psycopg2.connect(url.render_as_string(hide_password=False)))
                held[-1].autocommit = True
            except psycopg2.OperationalError:
                with held[0].cursor() as cursor:
                    cursor.execute(END_DRIVERS)

    with ThreadPoolExecutor(1) as thread:
        taking = thread.submit(take_all)
        study.go_on()
        try:
            study.says("too many clients")
        finally:
            taken.set()
            taking.result()
            for connection in held:
                connection.close()


def full_disk(study: Driven) -> None:
    study.server.execute(
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
        "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
        "CREATE TRIGGER filled BEFORE INSERT ON tuner_reports EXECUTE FUNCTION fill()",
        database=study.database,
    )
    study.go_on()
    study.says("No space left on device")
    study.server.execute("DROP TRIGGER filled ON tuner_reports", database=study.database)


FAULTS = [
    restarted,
    crashed,
    stopped_for_a_while,
    cut_in_a_loop,
    read_only_for_a_while,
    out_of_connections,
    full_disk,
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_study_outlives(
    fault: Callable[[Driven], None],
    server: PostgresServer,
    database: str,
    undisturbed: StudyView,
    tmp_path: Path,
) -> None:
    with driven(server, database, tmp_path) as study:
        fault(study)
    launched = study.launched.result()
    assert history(launched.study) == history(undisturbed)
    assert_whole(launched.study, undisturbed)
    assert study.waiting() == []


def test_patience_ends_with_the_cause_and_the_next_launch_tells_the_rest(
    server: PostgresServer,
    database: str,
    undisturbed: StudyView,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "PATIENCE_SECONDS", 1)
    with driven(server, database, tmp_path) as study:
        server.stop()
        study.go_on()
        wait_until(study.launched.done)
    server.start()
    with pytest.raises(
        Unreachable, match=r"cannot be used: .*; start the database.*; \d+ results wait in .*"
    ):
        study.launched.result()
    assert study.waiting()
    assert_whole(launch_toy(study_config(tmp_path), server.url(database), tmp_path).study, undisturbed)
    assert study.waiting() == []


def study_config(folder: Path) -> Any:
    return toy_config(trials=TRIALS, until=str(folder / "gate"))


@pytest.fixture
def waiting_driver(server: PostgresServer, database: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A driver whose database was stopped, and which has gone on to the end of its study."""
    process = started(study_config(tmp_path), server.url(database), tmp_path)
    try:
        wait_until(lambda: server.execute("SELECT COUNT(*) FROM tuner_reports", database=database)[0][0])
        server.stop()
        (tmp_path / "gate").touch()
        wait_until(lambda: outcome_waits(tmp_path) or process.poll())
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        server.start()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_driver_ended_while_its_database_is_away_loses_nothing(
    number: signal.Signals,
    waiting_driver: subprocess.Popen[str],
    server: PostgresServer,
    database: str,
    undisturbed: StudyView,
    tmp_path: Path,
) -> None:
    waiting_driver.send_signal(number)
    exit_code = waiting_driver.wait(60)
    said = (tmp_path / "said.txt").read_text()
    assert exit_code == (-number if number == signal.SIGKILL else 128 + number), said
    if number != signal.SIGKILL:
        last = said.splitlines()[-1]
        assert last.startswith(f"interrupted by {number.name}; the database postgresql")
        assert re.search(r"\d+ results wait in .*/events; run the same command again", last)
    assert "Traceback" not in said
    server.start()
    again = started(study_config(tmp_path), server.url(database), tmp_path)
    assert again.wait(120) == 0, (tmp_path / "said.txt").read_text()
    study = StudyStore.open(server.url(database)).load("toy")
    assert_whole(study, undisturbed)
    assert "the outcome of trial 0 is stored now" in (tmp_path / "said.txt").read_text()
    assert epochs_trained(tmp_path) == [list(range(1, EPOCHS + 1))] * TRIALS
    assert [record.state for record in study.records()] == ["COMPLETE"] * TRIALS


def test_a_study_dumped_from_one_server_and_restored_in_another_goes_on(
    server: PostgresServer, database: str, undisturbed: StudyView, tmp_path: Path
) -> None:
    launch_toy(toy_config(trials=2), server.url(database), tmp_path)
    config = toy_config(trials=TRIALS)
    view = create_or_load(make_store(server.url(database), toy.metrics), config)
    with driving(view, config, tmp_path / "runs") as (left, writer):
        assert left.ask(tmp_path) is not None  # and is dumped while it runs
        assert writer.wait(20)
        dump = tmp_path / "tuner.dump"
        uri = make_url(server.url(database)).set(drivername="postgresql")
        server.program("pg_dump", "-Fc", "-f", str(dump), uri.render_as_string(hide_password=False))
    with a_server() as other:
        other.execute("CREATE DATABASE restored")
        target = make_url(other.url("restored")).set(drivername="postgresql")
        words = ("--no-owner", "--dbname", target.render_as_string(hide_password=False), str(dump))
        other.program("pg_restore", *words)
        study = launch_toy(toy_config(trials=TRIALS), other.url("restored"), tmp_path).study
        assert_whole(study, undisturbed)
        assert [record.state for record in study.records()] == [
            "COMPLETE",
            "COMPLETE",
            "FAIL",
            *["COMPLETE"] * 2,
        ]
