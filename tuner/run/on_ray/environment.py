"""What Ray reads from the environment. Most of it is read when Ray is imported, so this comes before."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuner.errors import UsageError

WORKER_SETTINGS = {
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # relative paths in a config mean the same in every trial
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",  # a trial without a GPU sees none
}
"""What workers read; those of a cluster were started by others, and are sent it."""

# Each turns off something that would lose, hide or expose a trial.
_SETTINGS = {
    **WORKER_SETTINGS,
    "RAY_USAGE_STATS_ENABLED": "0",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # the session's signals are ours
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",  # one trial without a metric must not end the search
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",  # they are reported, and stand in the store
    "RAY_AIR_NEW_OUTPUT": "0",  # the old output is silent when asked to be
    "TUNE_FORCE_TRIAL_CLEANUP_S": "5",  # else a worker that died is waited for, ten minutes
    "TUNE_GLOBAL_CHECKPOINT_S": "86400",  # the store is the only state
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
    "TUNE_MAX_PENDING_TRIALS_PG": "10000",  # our searcher knows how many devices there are
}
_SECRETS = ("TUNER_STORAGE", "TUNER_DASHBOARD", "PGPASS")  # what the names of secrets begin with
_OURS = "RAY_AUTH_TOKEN"


def set_ray_environment(address: str | None, *, insecure: bool = False) -> None:
    """Makes Ray's mode of authentication explicit, whatever it finds in the home folder.

    A Ray of our own listens on this machine: a token made for this launch keeps everyone else out. A cluster
    at an address is joined with the token that is kept for it, or with none if the user says so.

    Raises:
        UsageError: a cluster would be joined without a token, and `insecure` does not allow it.
    """
    os.environ.update(_SETTINGS)
    if address is not None and insecure:
        os.environ["RAY_AUTH_MODE"] = "disabled"
        return
    if address is not None:
        _require_token(address)
    else:  # without one, Ray would write one into the home folder, where all can read it
        os.environ.setdefault(_OURS, secrets.token_hex(32))
    os.environ.setdefault("RAY_AUTH_MODE", "token")


@contextmanager
def without_secrets() -> Iterator[None]:
    """Hides the secrets of store and dashboard while the block starts Ray, whose workers inherit the rest.

    They are there again afterwards: the driver still has to connect to its database.
    """
    hidden = {name: value for name, value in os.environ.items() if name.startswith(_SECRETS)}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


def _require_token(address: str) -> None:
    mode = os.environ.get("RAY_AUTH_MODE", "token")
    if mode != "token":
        raise UsageError(
            f"the cluster {address} would be joined without a token, since RAY_AUTH_MODE is {mode!r}; "
            "whoever reaches such a cluster can run code on it: set RAY_AUTH_MODE=token, or say --insecure"
        )
    file = Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or "~/.ray/auth_token").expanduser()
    if os.environ.get(_OURS):
        return
    try:
        if file.read_text().strip():
            return
        why = "is empty"
    except (OSError, UnicodeDecodeError) as error:
        why = f"cannot be read ({error.strerror if isinstance(error, OSError) else 'it is not text'})"
    raise UsageError(
        f"the cluster {address} wants a token, and {file} {why}; copy the head's token there, "
        "name its file in RAY_AUTH_TOKEN_PATH, or say --insecure if the cluster has none"
    )
