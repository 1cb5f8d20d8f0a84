"""A cluster whose head dies in the middle of a launch."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command_line import ROOT, environment, wait_until
from tests.integration.head import started
from tuner.errors import UsageError
from tuner.store.reading.reader import StudyStore
from tuner.study.trial_record import TrialRecord

pytestmark = pytest.mark.integration

LAUNCH = """
import io, sys
from pathlib import Path
import ray
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.run.on_ray import head_watchdog

head_watchdog.LOST_AFTER_SECONDS = 4
ray.cloudpickle.register_pickle_by_value(toy)
url, folder, address = sys.argv[1:]
config = toy_config(until=f"{folder}/never")
launch_toy(config, url, Path(folder), serial=False, said=sys.stderr, cluster=address)
"""
BEFORE_THE_FIRST_TRIAL = """
import threading
from pathlib import Path
from tuner.run.on_ray.environment import set_ray_environment
set_ray_environment(None)
from tuner.run.on_ray import devices

def share_for(*_, **__):
    Path("asked").touch()
    threading.Event().wait()

devices.share_for = share_for
"""


def records(url: str) -> list[TrialRecord]:
    try:
        return StudyStore.open(url).load("toy").records()
    except UsageError:  # no study yet
        return []


def has_checkpoint(url: str) -> bool:
    return any("checkpoint" in record.attributes for record in records(url))


def test_a_head_that_is_killed_before_the_first_trial_ends_the_launch_too(
    sqlite_url: str, tmp_path: Path
) -> None:
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    with started(**token) as address:
        driver = subprocess.Popen(
            [sys.executable, "-c", BEFORE_THE_FIRST_TRIAL + LAUNCH, sqlite_url, str(tmp_path), address],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(ROOT), **token),
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: driver.poll() is not None or (tmp_path / "asked").exists())
    _, said = driver.communicate()
    assert driver.returncode == 4, said
    assert said.splitlines()[-1].startswith("the cluster's head is gone: ")
    assert records(sqlite_url) == []


def test_a_launch_whose_head_is_killed_ends_well(sqlite_url: str, tmp_path: Path) -> None:
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    with started(**token) as address:
        script = tmp_path / "launch.py"
        script.write_text(LAUNCH)
        driver = subprocess.Popen(
            [sys.executable, str(script), sqlite_url, str(tmp_path), address],
            env=environment(PYTHONPATH=str(ROOT), **token),
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(
            lambda: (
                driver.poll() is not None or any("checkpoint" in r.attributes for r in records(sqlite_url))
            )
        )
    _, said = driver.communicate()
    assert driver.returncode == 4, said
    assert said.splitlines()[-1] == (
        f"the cluster's head is gone: {address}; start it again, and run the same command again"
    )
    ended, queued = records(sqlite_url)
    assert (ended.state, queued.state) == ("FAIL", "WAITING")
    assert ended.attributes["reason"] == "the cluster's head is gone"
