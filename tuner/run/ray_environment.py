"""What Ray reads from the environment. Most of it is read when Ray is imported, so this comes before."""

from __future__ import annotations

import os
import secrets

# Each turns off something that would lose, hide or expose a trial.
_SETTINGS = {
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # relative paths in a config mean what they meant on the command line
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",  # a trial without a GPU sees none
    "RAY_USAGE_STATS_ENABLED": "0",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # the session's signals are ours
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",  # one trial without a metric must not end the search
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",  # they are reported, and stand in the store
    "RAY_AIR_NEW_OUTPUT": "0",  # the old output is silent when asked to be
    "TUNE_FORCE_TRIAL_CLEANUP_S": "5",  # else a worker that died is waited for, ten minutes
    "TUNE_GLOBAL_CHECKPOINT_S": "86400",  # the store is the only state
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
}


def set_ray_environment(address: str | None) -> None:
    """Makes Ray's mode of authentication explicit, whatever it finds in the home folder.

    A Ray of our own listens on this machine: a token made for this launch keeps everyone else out.
    """
    os.environ.update(_SETTINGS)
    own = address is None and "RAY_AUTH_MODE" not in os.environ
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    if own and "RAY_AUTH_TOKEN_PATH" not in os.environ:
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    # Ray's workers inherit the environment, and have no business in the database.
    os.environ.pop("TUNER_STORAGE", None)
