"""What is relied on in Ray beyond its documented interface is still there in the Ray that is installed."""

from __future__ import annotations

import importlib.util
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tuner.run.on_ray import ray_internals
from tuner.run.on_ray.ray_internals import version_mismatch

SERVERS = (ray_internals.GCS_SERVER, ray_internals.RAYLET)
MATCHED = (
    ray_internals.STARTED,
    ray_internals.TOKEN_REFUSED,
    ray_internals.NO_HEAD,
    ray_internals.HOST_OUT_OF_MEMORY,
    ray_internals.RUNTIME_ENV_AGENT[0],
)
VARIABLES = (
    *ray_internals.WORKER_SETTINGS,
    *ray_internals.DRIVER_SETTINGS,
    ray_internals.AUTH_MODE,
    ray_internals.AUTH_TOKEN,
    ray_internals.AUTH_TOKEN_FILE,
    ray_internals.TEMPORARY_FOLDER,
)
MISMATCH = """
[2026-11-25 10:00:00,000 W 1 1] a line of Ray's log
RuntimeError: Version mismatch: The cluster was started with:
    Ray: 2.60.0
    Python: 3.11.7
[2026-11-25 10:00:00,001 E 1 1] gcs_client.cc:1: another Ray: line
This process on 10.0.0.2 was started with:
    Ray: 2.0.0
    Python: 3.7.0
[2026-11-25 10:00:00,002 W 1 1] (raylet) and a last one
"""


@cache
def ray_folder() -> Path:
    found = importlib.util.find_spec("ray")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


@cache
def rays_texts() -> list[bytes]:
    """Everything of the installed Ray that runs for Tune: its Python files and its compiled ones."""
    folder = ray_folder()
    parts = ("_common", "_private", "_raylet.so", "air", "autoscaler", "core", "dashboard", "scripts", "tune")
    files = [path for part in parts for path in [folder / part, *(folder / part).rglob("*")]]
    code = {".py", ".so", ""}
    return [path.read_bytes() for path in files if path.suffix in code and path.is_file()]


@pytest.mark.parametrize("name", VARIABLES)
def test_an_environment_variable_is_read(name: str) -> None:
    assert any(name.encode() in text for text in rays_texts())


@pytest.mark.parametrize("text", MATCHED)
def test_a_text_that_is_matched_is_there(text: str) -> None:
    assert any(text.encode() in each for each in rays_texts())


def test_the_agent_is_a_program_of_its_own() -> None:
    _, program = ray_internals.RUNTIME_ENV_AGENT
    assert (ray_folder() / "_private" / program).is_file()


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_has_its_name(server: str) -> None:
    assert any(path.name == server for path in (ray_folder() / "core").rglob(server))


def test_the_command_is_rays() -> None:
    said = subprocess.run([*ray_internals.COMMAND, "--help"], capture_output=True, text=True, check=True)
    assert "  start " in said.stdout


def test_shares_are_rounded_as_ray_does() -> None:
    from ray._private import ray_constants

    assert ray_internals.RESOURCE_STEP == ray_constants.MIN_RESOURCE_GRANULARITY


def test_a_trial_of_tunes_knows_its_actor() -> None:
    from ray.tune.experiment.trial import _TemporaryTrialState

    assert hasattr(_TemporaryTrialState(), "ray_actor")


def test_versions_that_differ_are_found_among_log_lines() -> None:
    assert version_mismatch(MISMATCH) == ("Ray 2.60.0 and Python 3.11.7", "Ray 2.0.0 and Python 3.7.0")
    assert version_mismatch("no word of it") is None
