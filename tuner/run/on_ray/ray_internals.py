"""What this project relies on in Ray beyond its documented interface, for an upgrade to be checked against.

`tests/tuner/run/on_ray/test_ray_internals.py` looks up all of it in the installed Ray. Nothing here imports
Ray, which reads its environment when it is imported.
"""

from __future__ import annotations

import re
import sys

WORKER_SETTINGS = {
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # relative paths in a config mean the same in every trial
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",  # a trial without a GPU sees none
}
"""Environment variables that workers read; those of a cluster were started by others, and are sent them."""

# Each turns off something that would lose, hide or expose a trial.
DRIVER_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # the launch handles its signals itself
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",  # one trial without a metric must not end the search
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",  # they are reported, and stand in the store
    "RAY_AIR_NEW_OUTPUT": "0",  # the old output is silent when asked to be
    "TUNE_FORCE_TRIAL_CLEANUP_S": "5",  # else a worker that died is waited for, ten minutes
    "TUNE_GLOBAL_CHECKPOINT_S": "86400",  # the store is the only state
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
    "TUNE_MAX_PENDING_TRIALS_PG": "10000",  # we know how many devices there are
}
"""Environment variables of the process that imports Ray."""

AUTH_MODE = "RAY_AUTH_MODE"
AUTH_TOKEN = "RAY_AUTH_TOKEN"
AUTH_TOKEN_FILE = "RAY_AUTH_TOKEN_PATH"
TEMPORARY_FOLDER = "RAY_TMPDIR"

COMMAND = (sys.executable, "-m", "ray.scripts.scripts")
"""The program `ray`, also where it is not on the path."""

# Lines of `ray start`.
STARTED = "Ray runtime started"
TOKEN_REFUSED = "InvalidAuthToken"
NO_HEAD = "Failed to get cluster ID"
_VERSION_MISMATCH = "Version mismatch:"
_VERSION = re.compile(r"^\s*(?:Ray|Python): (\S+)", re.MULTILINE)

# A line of the error of a worker that was lost.
HOST_OUT_OF_MEMORY = "due to the node running low on memory"

# Processes of a node: its two servers by name, and an agent by its title or, before it has one, its program.
GCS_SERVER = "gcs_server"
RAYLET = "raylet"
RUNTIME_ENV_AGENT = ("ray::RuntimeEnvAgent", "runtime_env/agent/main.py")

RESOURCE_STEP = 1e-4
"""What Ray rounds shares of a resource to."""


def version_mismatch(output: str) -> tuple[str, str] | None:
    """The cluster's versions and ours if `ray start` says that they differ; without log lines around them."""
    _, mismatch, rest = output.partition(_VERSION_MISMATCH)
    if not mismatch:
        return None
    versions = [*_VERSION.findall(rest), *["?"] * 4]
    theirs, ours = (f"Ray {ray} and Python {python}" for ray, python in (versions[0:2], versions[2:4]))
    return theirs, ours
