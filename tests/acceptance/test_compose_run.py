"""docker-compose.yml runs the main job; a worker dies, strangers knock, and the secrets stay secret."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from tests.acceptance.command_line import wait_until
from tests.acceptance.compose import Compose, Container, running
from tests.acceptance.compose_requests import database, get, store_url
from tests.acceptance.dashboard_server import basic
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

STUDY = "dr-triplet-digits"
TRIALS, EPOCHS = 4, 30  # the main job's own epochs; its 40 trials pass too
AT_WORK = text(
    "SELECT COUNT(*) FROM (SELECT t.trial_id FROM trials t JOIN tuner_reports r ON r.trial_id = t.trial_id "
    f"WHERE t.state = 'RUNNING' GROUP BY t.trial_id HAVING COUNT(*) < {EPOCHS * 3 // 4}) AS at_work"
)


@pytest.fixture(scope="module")
def compose() -> Iterator[Compose]:
    """The whole service, two workers of one CPU each."""
    with running(TUNER_WORKERS="2", TUNER_WORKER_CPUS="1") as compose:
        yield compose


def ask(compose: Compose, password: str | None, query: Any = "SELECT 1") -> Any:
    engine = create_engine(database(compose, password))
    try:
        with engine.connect() as connection:
            return connection.scalar(text(query) if isinstance(query, str) else query)
    finally:
        engine.dispose()


@dataclass
class Job:
    """The main job, ended, and what a neighbour could see while it ran.

    Attributes:
        arguments: those of all processes of this machine.
        environments: those of all processes of Ray's head and workers, trials among them.
    """

    study: StudyView
    launch: Container
    arguments: str
    environments: list[bytes]


@pytest.fixture(scope="module")
def job(compose: Compose) -> Job:
    password = compose.secret("postgres_password")
    all_epochs = "train.patience=null"
    launch = compose.run(
        "tuner", "launch", "search_spaces/dr_triplet.yaml", f"budget.trials={TRIALS}", all_epochs
    )
    wait_until(lambda: launch.process.poll() is not None or ask(compose, password, AT_WORK) == 2, seconds=240)
    arguments = subprocess.run(
        ["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True
    ).stdout
    environments = environments_of([*compose.containers["ray-head"], *compose.containers["ray-worker"]])
    compose.containers["ray-worker"][0].kill()
    launch.process.wait(400)
    return Job(StudyStore.open(store_url(compose)).load(STUDY), launch, arguments, environments)


def environments_of(containers: list[Container]) -> list[bytes]:
    groups = {container.process.pid for container in containers}
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) in groups:
                found.append((process / "environ").read_bytes())
        except OSError:  # it has ended
            continue
    return found


def test_the_main_job_survives_the_loss_of_a_worker(job: Job) -> None:
    assert job.launch.process.returncode == 0, job.launch.log.read_text()
    assert f"front of {STUDY}" in job.launch.log.read_text()
    records = job.study.records()
    assert {record.state for record in records} == {"COMPLETE", "FAIL"}
    assert [record.state for record in records].count("COMPLETE") == TRIALS
    assert job.study.remaining == 0


def test_every_trial_that_was_lost_went_on(job: Job) -> None:
    records = job.study.records()
    lost = [record for record in records if record.state == "FAIL"]
    assert lost
    assert all(record.attributes["reason"].startswith("its worker was lost") for record in lost)
    assert {record.number for record in lost} == {
        record.attributes["follows"] for record in records if "follows" in record.attributes
    }
    origins = {record.attributes.get("retry_of", record.number) for record in records}
    for origin in origins:
        assert [epoch for number, epoch, _ in job.study.reports() if number == origin] == [
            *range(1, EPOCHS + 1)
        ]


def test_the_dashboard_shows_the_study_to_whoever_knows_the_password(compose: Compose, job: Job) -> None:
    api = f"http://127.0.0.1:{compose.ports['8080']}/api/studies"
    assert get(api)[0] == 401
    assert get(api, Authorization=basic("guess"))[0] == 401
    password = basic(compose.secret("dashboard_password"))
    status, found = get(f"{api}/{job.study.study_id}", Authorization=password)
    assert status == 200
    states = sorted(trial["state"].upper() for trial in json.loads(found)["trials"])
    assert states == sorted(record.state for record in job.study.records())


def test_ray_runs_no_strangers_job(compose: Compose) -> None:
    api = f"http://127.0.0.1:{compose.ports['8265']}/api/jobs/"
    entered = compose.folder / "entered"

    def submit(**headers: str) -> int:
        job = json.dumps({"entrypoint": f"touch {entered}"}).encode()
        return get(api, data=job, **{"Content-Type": "application/json"}, **headers)[0]

    assert submit() == 401
    assert submit(Authorization="Bearer guess") == 403
    assert not entered.exists()
    assert submit(Authorization=f"Bearer {compose.secret('ray_token')}") == 200
    wait_until(entered.exists)


def test_ray_lets_no_stranger_join(compose: Compose) -> None:
    (head,) = compose.containers["ray-head"]
    knock = ["ray", "health-check", "--address", f"127.0.0.1:{compose.ports['6379']}"]

    def joined(**changes: str) -> bool:
        environment = head.environment | changes
        return subprocess.run(knock, env=environment, capture_output=True, check=False).returncode == 0

    (guess := compose.folder / "guess").write_text("0" * 64)
    assert joined()
    assert not joined(RAY_AUTH_TOKEN_PATH=str(guess))
    assert not joined(RAY_AUTH_MODE="disabled")


@pytest.mark.parametrize("password", [None, "", "guess"])
def test_the_database_refuses_whoever_does_not_know_the_password(
    compose: Compose, password: str | None
) -> None:
    with pytest.raises(OperationalError, match="password"):
        ask(compose, password)


@pytest.mark.parametrize("name", ["postgres_password", "ray_token", "dashboard_password"])
def test_a_secret_is_found_nowhere_but_in_its_file(compose: Compose, job: Job, name: str) -> None:
    secret = compose.secret(name)
    files = [path for path in compose.folder.rglob("*") if path.is_file()]
    assert any(path.name == "gcs_server.out" for path in files)
    assert any(path.name == "model.safetensors" for path in files)
    holding = {path for path in files if readable(path) and secret.encode() in path.read_bytes()}
    assert {path.parent.name for path in holding} == {"secrets"}
    assert secret not in job.arguments
    assert secret not in everything_in(database(compose, compose.secret("postgres_password")))


def test_rays_processes_know_nothing_of_the_database(compose: Compose, job: Job) -> None:
    assert len(job.environments) > 6
    for secret in ("postgres_password", "TUNER_STORAGE", compose.secret("postgres_password")):
        assert not any(secret.encode() in environment for environment in job.environments)


def readable(path: Path) -> bool:
    return os.access(path, os.R_OK)


def everything_in(url: URL) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        content = [str(connection.execute(text(f'SELECT * FROM "{table}"')).all()) for table in tables]
    engine.dispose()
    assert "tuner_reports" in tables
    return "\n".join(content)
