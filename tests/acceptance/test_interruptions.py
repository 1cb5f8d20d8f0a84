"""A driver killed in the middle loses nothing; one driver at a time; no password anywhere."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.acceptance.command_line import (
    DR_TRIPLET,
    OWN_STUDY,
    contents_below,
    tuner,
    tuner_in_background,
    wait_until,
)
from tuner.run import trainable
from tuner.study.trial import TrialSpec

pytestmark = pytest.mark.acceptance

STUDY = "dr-triplet-digits"
EPOCHS = 8
BUDGET = f"budget={{trials: 4, epochs: {EPOCHS}}}"
TRAINER = """
import time

class Mine:
    metrics = ("score",)

    def train(self, config, run):
        for epoch in range(run.epochs_done + 1, run.epochs + 1):
            time.sleep(0.5)
            yield {"score": config["x"] * epoch}, b"state"
"""
TIMINGS = {"train_seconds", "embed_ms_per_image"}


def rows(folder: Path, study: str = STUDY) -> list[dict[str, Any]]:
    return list(json.loads(tuner("export", study, "--format", "json", folder=folder).stdout or "[]"))


def reports(database: str) -> int:
    engine = create_engine(database)
    with engine.connect() as connection:
        count = 0
        if inspect(connection).has_table("tuner_reports"):
            count = connection.scalar(text("SELECT COUNT(*) FROM tuner_reports")) or 0
    engine.dispose()
    return count


def trained_without_interruption(row: dict[str, Any], folder: Path) -> dict[str, float]:
    spec = TrialSpec(0, {}, row["config"], EPOCHS, "map_at_r", "maximize", 1, str(folder / "reference"))
    *_, last = trainable.train(spec)
    assert last.result is not None
    return {name: value for name, value in last.result.items() if name not in TIMINGS}


@pytest.mark.parametrize("seconds", [0, 30])
def test_kill_the_driver_and_run_the_same_command_again(tmp_path: Path, seconds: int) -> None:
    launch = ("launch", DR_TRIPLET, BUDGET, f"keep.checkpoint_seconds={seconds}")
    driver = tuner_in_background(*launch, folder=tmp_path)
    wait_until(lambda: reports(f"sqlite:///{tmp_path}/tuner.db") >= 10)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    done = tuner(*launch, folder=tmp_path)
    assert done.returncode == 0, done.stderr

    trials = rows(tmp_path)
    states = [trial["state"] for trial in trials]
    assert states.count("COMPLETE") == 4
    assert set(states) == {"COMPLETE", "FAIL"}
    resumed = [trial for trial in trials if trial["retry_of"] is not None]
    # The one that was being asked for when the driver was killed was nobody's yet, and is proposed anew.
    lost = [trial for trial in trials if trial["state"] == "FAIL" and trial.get("config")]
    assert len(resumed) == len(lost) > 0
    saved = [trial for trial in resumed if trials[trial["retry_of"]].get("checkpoint")]
    assert bool(saved) == (seconds == 0)  # these trainings take less than 30 s
    for trial in resumed:
        assert {"param.lsdim": trial["param.lsdim"]}.items() <= trials[trial["retry_of"]].items()
        undisturbed = trained_without_interruption(trial, tmp_path)
        assert {name: trial[name] for name in undisturbed} == undisturbed


@pytest.fixture
def own_study(tmp_path: Path) -> str:
    """A study whose trainer needs no torch, so that its processes start at once."""
    (tmp_path / "mine.py").write_text(TRAINER)
    (tmp_path / "study.yaml").write_text(OWN_STUDY)
    return "study.yaml"


def test_a_second_driver_is_refused(tmp_path: Path, own_study: str) -> None:
    launch = ("launch", own_study, "--allow-code", "budget={trials: 4, epochs: 10000}")
    driver = tuner_in_background(*launch, folder=tmp_path)
    wait_until(lambda: reports(f"sqlite:///{tmp_path}/tuner.db") >= 1)
    second = tuner(*launch, folder=tmp_path)
    driver.terminate()
    assert (second.returncode, driver.wait(30)) == (5, 128 + signal.SIGTERM)
    assert second.stderr.startswith(f"study 'own' is driven by process {driver.pid} on ")
    assert len(second.stderr.splitlines()) == 1
    said = (tmp_path / "said.txt").read_text()
    assert "python -m tuner resume --allow-code own  # interrupted by SIGTERM" in said
    assert "Traceback" not in said
    trials = rows(tmp_path, "own")
    assert {trial.get("reason") for trial in trials} == {"interrupted by SIGTERM", None}
    assert {trial["state"] for trial in trials} == {"FAIL", "WAITING"}


@pytest.fixture
def ray_folder() -> Iterator[Path]:
    """Where Ray keeps its session; a short path, because Ray puts sockets below it."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_the_password_is_found_nowhere(
    empty_postgres_url: str, tmp_path: Path, ray_folder: Path, own_study: str
) -> None:
    """Named on the command line, the URL goes the longest way: to the environment, and no further."""
    secret = "correct-horse-battery"
    url = empty_postgres_url.replace("://postgres:@", f"://postgres:{secret}@")
    assert secret in url
    launch = ("launch", own_study, "--allow-code", "budget={trials: 3, epochs: 8}", "--storage", url)
    driver = tuner_in_background(*launch, folder=tmp_path, RAY_TMPDIR=str(ray_folder))
    wait_until(lambda: reports(url) >= 4 or driver.poll() is not None)
    processes = subprocess.run(
        ["ps", "axww", "-o", "pid,ppid,args"], capture_output=True, text=True, check=True
    )
    workers = [Path(f"/proc/{pid}/environ") for pid in pids_of_workers(ray_folder)]
    environments = [worker.read_bytes() for worker in workers if worker.exists()]
    logs = contents_below(ray_folder)  # they go with the launch
    assert driver.wait(120) == 0, (tmp_path / "said.txt").read_text()

    assert secret not in processes.stdout
    assert environments
    assert not any(secret.encode() in each for each in environments)
    assert "gcs_server.out" in {path.name for path in logs}
    files = logs | contents_below(tmp_path)
    assert not [path for path, content in files.items() if secret.encode() in content]
    assert list(ray_folder.iterdir()) == []
    assert secret not in everything_in(url)


def pids_of_workers(ray_folder: Path) -> list[str]:
    logs = ray_folder.rglob("python-core-worker-*.log")
    return [log.stem.rsplit("_", 1)[-1] for log in logs]


def everything_in(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        content = [str(connection.execute(text(f'SELECT * FROM "{table}"')).all()) for table in tables]
    engine.dispose()
    return "\n".join(content)
