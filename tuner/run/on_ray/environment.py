"""The environment that Ray reads, most of it when it is imported: set before that."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuner.errors import UsageError
from tuner.run.on_ray.ray_internals import (
    AUTH_MODE,
    AUTH_TOKEN,
    AUTH_TOKEN_FILE,
    DRIVER_SETTINGS,
    WORKER_SETTINGS,
)

_SECRETS = ("TUNER_STORAGE", "TUNER_DASHBOARD", "PGPASS")  # what the names of secrets begin with


def set_ray_environment(address: str | None, *, insecure: bool = False) -> None:
    """Set Ray's environment variables; authentication does not depend on what the home folder holds.

    A Ray that is started here listens on this node: a token made for this launch keeps everyone else out. A
    cluster is joined with the token that is kept for it, or with none if the user says so.

    Args:
        address: the cluster's, or None to start Ray here.
        insecure: whether a cluster may be joined without a token.

    Raises:
        UsageError: a cluster would be joined without a token, and `insecure` does not allow it.
    """
    os.environ.update(WORKER_SETTINGS | DRIVER_SETTINGS)
    if address is not None and insecure:
        os.environ[AUTH_MODE] = "disabled"
        return
    if address is not None:
        _require_token(address)
    else:  # without one, Ray would write one into the home folder, where all can read it
        os.environ.setdefault(AUTH_TOKEN, secrets.token_hex(32))
    os.environ.setdefault(AUTH_MODE, "token")


@contextmanager
def without_secrets() -> Iterator[None]:
    """Hide the secrets of store and dashboard while the block starts Ray, whose workers inherit the rest.

    They are restored afterwards: the driver still has to connect to its database.
    """
    hidden = {name: value for name, value in os.environ.items() if name.startswith(_SECRETS)}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


def _require_token(address: str) -> None:
    mode = os.environ.get(AUTH_MODE, "token")
    if mode != "token":
        raise UsageError(
            f"the cluster {address} would be joined without a token, since RAY_AUTH_MODE is {mode!r}; "
            "whoever reaches such a cluster can run code on it: set RAY_AUTH_MODE=token, or say --insecure"
        )
    file = Path(os.environ.get(AUTH_TOKEN_FILE) or "~/.ray/auth_token").expanduser()
    if os.environ.get(AUTH_TOKEN):
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
