"""A machine without memory: Ray's own monitor kills the worker, with a threshold that is always exceeded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command_line import ROOT, environment
from tuner.store.reading.reader import StudyStore

pytestmark = pytest.mark.integration

LAUNCH = """
import sys
from pathlib import Path
from tuner.run.on_ray.environment import set_ray_environment
set_ray_environment(None)
import ray
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.errors import StudyFailed

ray.cloudpickle.register_pickle_by_value(toy)
url, folder = sys.argv[1:]
config = toy_config(trials=1, failures=0, until=f"{folder}/never", resources={"gpus": 0, "cpus": 1})
try:
    launch_toy(config, url, Path(folder), serial=False)
except StudyFailed as failed:
    print(failed)
"""


def test_it_is_tried_again_once(sqlite_url: str, tmp_path: Path) -> None:
    limits = {"RAY_memory_usage_threshold": "0.001", "RAY_memory_monitor_refresh_ms": "200"}
    ended = subprocess.run(
        [sys.executable, "-c", LAUNCH, sqlite_url, str(tmp_path)],
        env=environment(PYTHONPATH=str(ROOT), **limits),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "1 trial failed; budget.failures allows 0" in ended.stdout
    assert "its worker was lost: host out of memory: " in ended.stdout
    records = StudyStore.open(sqlite_url).load("toy").records()
    assert [record.state for record in records] == ["FAIL", "FAIL"]
    assert [record.attributes["attempt"] for record in records] == [1, 2]
    for record in records:
        assert record.attributes["reason"].startswith("its worker was lost: host out of memory: ")
        assert "traceback" not in record.attributes
