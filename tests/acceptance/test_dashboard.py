"""`python -m tuner dashboard`: who may look, what is shown, and a database that comes and goes."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url

from tests.acceptance.command_line import tuner, wait_until
from tests.acceptance.dashboard_server import COMPLETE, STUDY, Served, basic, fill, serving
from tuner.store.tables.creation import make_store

pytestmark = pytest.mark.acceptance

PASSWORD = "open, sésame: 1"
CREATE = json.dumps({"study_name": "another", "directions": ["minimize"]})

Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts dashboards, each in a folder of its own, which end with the test."""
    with ExitStack() as running:

        def start(*arguments: str, **changes: str) -> Served:
            folder = tmp_path / f"dashboard-{len(list(tmp_path.glob('dashboard-*')))}"
            folder.mkdir()
            return running.enter_context(serving(*arguments, folder=folder, **changes))

        yield start


@pytest.fixture
def filled(storage_url: str, tmp_path: Path) -> str:
    """Each kind of store in turn, with a study in it."""
    fill(storage_url, tmp_path)
    return storage_url


@pytest.fixture
def filled_file(sqlite_url: str, tmp_path: Path) -> str:
    fill(sqlite_url, tmp_path)
    return sqlite_url


def test_it_shows_the_front_that_we_do(filled: str, serve: Serve, tmp_path: Path) -> None:
    served = serve(STUDY, TUNER_STORAGE=filled)
    front = json.loads(tuner("front", STUDY, "--json", folder=tmp_path, TUNER_STORAGE=filled).stdout)
    study_id = served.page.rpartition("/")[2]
    shown = json.loads(served.ask(f"/api/studies/{study_id}").body)
    states = {trial["number"]: trial["state"] for trial in shown["trials"]}
    assert list(states.values()).count("Complete") == COMPLETE
    assert (states[2], states[3], states[4]) == ("Pruned", "Pruned", "Fail")
    best = {trial["number"]: trial["values"] for trial in shown["best_trials"]}
    assert best == {trial["number"]: list(trial["values"].values()) for trial in front}
    assert not best.keys() & {2, 3, 4}
    assert shown["objective_names"] == list(front[0]["values"])


def test_nobody_writes_unless_it_is_writable(filled: str, serve: Serve) -> None:
    reading, writing = serve(TUNER_STORAGE=filled), serve("--writable", TUNER_STORAGE=filled)
    sent = {"body": CREATE, "Content_Type": "application/json"}
    refused = [
        reading.ask("/api/studies", "POST", **sent),
        reading.ask("/api/studies/1", "DELETE"),
        reading.ask("/api/studies/1/note", "PUT", **sent),
    ]
    assert [answer.status for answer in refused] == [405] * 3
    assert writing.ask("/api/studies", "POST", **sent).status == 201
    listed = json.loads(reading.ask("/api/studies").body)["study_summaries"]
    (made,) = [study["study_id"] for study in listed if study["study_name"] == "another"]
    elsewhere = writing.ask(f"/api/studies/{made}", "DELETE", Origin="https://evil.example")
    assert (elsewhere.status, len(elsewhere.body.splitlines())) == (403, 1)
    assert writing.ask(f"/api/studies/{made}", "DELETE", Origin=writing.url).status == 204
    assert "another" not in reading.ask("/api/studies").body


def test_what_is_no_number_is_refused_in_one_line(filled_file: str, serve: Serve) -> None:
    served = serve(TUNER_STORAGE=filled_file)
    answer = served.ask("/api/studies/1?after=abc")
    assert (answer.status, len(answer.body.splitlines())) == (400, 1)
    assert served.ask("/api/studies/1?after=2").status == 200
    assert "Traceback" not in served.said


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_need_a_password(host: str, tmp_path: Path) -> None:
    refused = tuner("dashboard", "--host", host, folder=tmp_path)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "needs a password; set TUNER_DASHBOARD_PASSWORD" in refused.stderr


def test_nothing_is_served_without_the_password(filled_file: str, serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    everywhere = serve(
        "--host", "0.0.0.0", TUNER_STORAGE=filled_file, TUNER_DASHBOARD_PASSWORD_FILE=str(file)
    )
    here = serve(TUNER_STORAGE=filled_file, TUNER_DASHBOARD_PASSWORD=PASSWORD)
    for served in (everywhere, here):
        for path in ("/", "/dashboard/", "/static/bundle.js", "/favicon.ico", "/api/studies", "/csv/1"):
            assert served.ask(path).status == 401
            assert served.ask(path, Authorization=basic("another")).status == 401
        assert served.ask("/api/studies", "DELETE").status == 401
        for path in ("/dashboard/", "/static/bundle.js", "/favicon.ico", "/api/studies", "/csv/1"):
            assert served.ask(path, Authorization=basic(PASSWORD)).status == 200
        assert (served.ask("/healthz").status, served.ask("/healthz").body) == (200, "ok\n")
        assert PASSWORD not in served.said


def test_only_its_own_names_are_answered(filled_file: str, serve: Serve) -> None:
    served = serve("--allow-host", "tuner.example", "--allow-host", "10.0.0.5", TUNER_STORAGE=filled_file)
    allowed = ("localhost", "127.0.0.1:80", "[::1]:8080", "Tuner.example:443", "10.0.0.5")
    assert [served.ask(Host=host).status for host in allowed] == [200] * 5
    refused = served.ask(Host="rebound.example:8080")
    assert (refused.status, "--allow-host NAME" in refused.body) == (403, True)
    assert served.ask("/healthz", Host="10.1.2.3").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(number: int, filled_file: str, serve: Serve) -> None:
    serving_it = serve(STUDY, TUNER_STORAGE=filled_file)
    waiting = serve(TUNER_STORAGE="postgresql://tuner@127.0.0.1:9/tuner")
    assert serving_it.ask("/dashboard/").status == 200
    assert waiting.ask().status == 503
    for served in (serving_it, waiting):
        served.process.send_signal(number)
        assert served.process.wait(60) == 0
        assert len(served.said.splitlines()) == 1


def test_there_is_nothing_to_wait_for(tmp_path: Path, filled_file: str) -> None:
    no_file = tuner("dashboard", folder=tmp_path, TUNER_STORAGE=f"sqlite:///{tmp_path}/none.db")
    no_study = tuner("dashboard", "none", "--port", "0", folder=tmp_path, TUNER_STORAGE=filled_file)
    assert (no_file.returncode, no_study.returncode) == (2, 2)
    assert "there is no study store in" in no_file.stderr
    assert "there is no study 'none' in" in no_study.stderr
    assert len((no_file.stderr + no_study.stderr).splitlines()) == 2
    assert not (tmp_path / "none.db").exists()


def test_a_port_that_is_taken(filled_file: str, serve: Serve, tmp_path: Path) -> None:
    port = serve(TUNER_STORAGE=filled_file).url.rpartition(":")[2]
    second = tuner("dashboard", "--port", port, folder=tmp_path, TUNER_STORAGE=filled_file)
    assert (second.returncode, len(second.stderr.splitlines())) == (2, 1)
    assert "Address already in use; try another --host or --port" in second.stderr


def test_it_waits_for_tables_and_makes_none(empty_postgres_url: str, serve: Serve) -> None:
    served = serve(TUNER_STORAGE=empty_postgres_url)
    ghost = serve("ghost", TUNER_STORAGE=empty_postgres_url)
    for path in ("/api/studies", "/dashboard/", "/static/bundle.js"):
        assert (served.ask(path).status, served.ask("/healthz").status) == (503, 503)
    assert "run: python -m tuner migrate" in served.ask().body
    assert "run: python -m tuner migrate" in served.said
    engine = create_engine(empty_postgres_url)
    assert not inspect(engine).get_table_names()
    engine.dispose()

    make_store(empty_postgres_url, ["score"]).engine.dispose()
    wait_until(lambda: "the Pareto front is at" in served.said)
    assert (served.ask("/healthz").status, served.ask().status) == (200, 200)
    assert ghost.process.wait(60) == 2
    assert "there is no study 'ghost'" in ghost.said


class Cable:
    """A TCP port that leads to the Postgres server's socket while it is plugged in."""

    def __init__(self, postgres: str) -> None:
        url = make_url(postgres)
        self._target = f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"
        self._listener: socket.socket | None = None
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port = 0

    def plug_in(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._run(self._accept, self._listener)

    def cut(self) -> None:
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._threads.pop(0).join()  # from here on nobody comes in
            self._listener.close()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()
        self._listener, self._ends, self._threads = None, [], []

    def _run(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments))
        self._threads[-1].start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                self._ends += [near, far]
                self._run(self._copy, near, far)
                self._run(self._copy, far, near)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def cable(postgres: str) -> Iterator[Cable]:
    cable = Cable(postgres)
    cable.plug_in()
    yield cable
    cable.cut()


def test_it_outlives_outages_of_the_database(
    postgres_url: str, cable: Cable, serve: Serve, tmp_path: Path
) -> None:
    fill(postgres_url, tmp_path)
    secret = "correct-horse-battery"
    database = make_url(postgres_url).database
    url = f"postgresql://postgres:{secret}@127.0.0.1:{cable.port}/{database}"
    cable.cut()
    served = serve(STUDY, "--storage", url)
    seen = []
    for outage in range(3):
        answer = served.ask()
        assert (answer.status, len(answer.body.splitlines())) == (503, 1)
        assert f"the database postgresql+psycopg2://postgres:***@127.0.0.1:{cable.port}/" in answer.body
        assert "is away: " in answer.body
        assert served.ask("/healthz").status == 503
        seen.append(answer.body)
        cable.plug_in()
        assert served.page.endswith("/dashboard/studies/1"), outage
        for path in ("/api/studies", "/api/studies/1", "/dashboard/", "/csv/1", "/healthz"):
            assert served.ask(path).status == 200
        cable.cut()
    assert len([line for line in served.said.splitlines() if " waits: the database " in line]) == 1
    assert "Traceback" not in served.said
    command_line = Path(f"/proc/{served.process.pid}/cmdline").read_text()
    assert "dashboard" in command_line
    assert not any(secret in text for text in (*seen, served.said, command_line))
