"""A Ray on the launch's own node: its processes are killed, its terminal is closed, its files are removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.acceptance.command_line import ROOT, environment, wait_until
from tuner.errors import UsageError
from tuner.store.reading.reader import StudyStore
from tuner.study.trial_record import TrialRecord

pytestmark = pytest.mark.integration

LAUNCH = """
import sys
from pathlib import Path
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy

url, folder, epochs = sys.argv[1:]
config = toy_config(trials=2, epochs=int(epochs), epoch_seconds=0.1, until=f"{folder}/gate")
sys.exit(launch_toy(config, url, Path(folder), serial=False, said=sys.stderr).exit_code)
"""


def records(url: str) -> list[TrialRecord]:
    try:
        return StudyStore.open(url).load("toy").records()
    except UsageError:  # no study yet
        return []


@contextmanager
def launched(
    url: str, folder: Path, ray_folder: Path, *options: str, epochs: int = 2
) -> Iterator[subprocess.Popen[str]]:
    """A launch in a process group of its own; its trials wait for the file `gate` after their first epoch."""
    driver = subprocess.Popen(
        [*options, sys.executable, "-c", LAUNCH, url, str(folder), str(epochs)],
        env=environment(PYTHONPATH=str(ROOT), RAY_TMPDIR=str(ray_folder)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=partial(signal.signal, signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509 - nohup ignores it
    )
    try:
        yield driver
    finally:
        driver.kill()
        driver.wait()


def trains(driver: subprocess.Popen[str], url: str) -> bool:
    return driver.poll() is not None or any("checkpoint" in record.attributes for record in records(url))


def process_of(driver: subprocess.Popen[str], words: str) -> psutil.Process:
    below = psutil.Process(driver.pid).children(recursive=True)
    (found,) = (process for process in below if words in " ".join(process.cmdline()[:1]))
    return found


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("raylet/raylet", "raylet"),
        ("gcs/gcs_server", "gcs_server"),
        ("ray::RuntimeEnvAgent", "runtime environment agent"),
    ],
)
def test_a_process_of_ray_that_is_killed_ends_the_launch_well(
    words: str, name: str, sqlite_url: str, tmp_path: Path, short_path: Path
) -> None:
    with launched(sqlite_url, tmp_path, short_path) as driver:
        wait_until(lambda: trains(driver, sqlite_url))
        process_of(driver, words).kill()
        _, said = driver.communicate()
    assert driver.returncode == 4, said
    line = f"Ray on this node is gone: its {name} has ended"
    assert said.splitlines()[-1] == f"{line}; run the same command again"
    states = [record.state for record in records(sqlite_url)]
    assert "WAITING" in states
    assert "RUNNING" not in states


def test_a_closed_terminal_ends_a_launch_well_and_nothing_of_ray_is_left(
    sqlite_url: str, tmp_path: Path, short_path: Path
) -> None:
    (tmp_path / "gate").touch()
    with launched(sqlite_url, tmp_path, short_path, epochs=10**6) as driver:
        wait_until(lambda: trains(driver, sqlite_url))
        (node,) = short_path.glob("tuner-*")
        assert list(node.glob("session_2*"))
        os.killpg(driver.pid, signal.SIGHUP)  # as the kernel tells all that have the terminal
        _, said = driver.communicate()
    assert driver.returncode == 128 + signal.SIGHUP, said
    assert {record.state for record in records(sqlite_url)} == {"FAIL", "WAITING"}
    assert list(short_path.iterdir()) == []


def test_a_launch_with_nohup_outlives_its_terminal(sqlite_url: str, tmp_path: Path, short_path: Path) -> None:
    with launched(sqlite_url, tmp_path, short_path, "nohup") as driver:
        wait_until(lambda: trains(driver, sqlite_url))
        os.killpg(driver.pid, signal.SIGHUP)
        (tmp_path / "gate").touch()
        _, said = driver.communicate()
    assert driver.returncode == 0, said
    assert [record.state for record in records(sqlite_url)] == ["COMPLETE", "COMPLETE"]
