"""Checks that a cluster requires an auth token; an open one runs anyone's code."""

from __future__ import annotations

import os
import subprocess

from tuner.errors import UsageError
from tuner.run.on_ray.ray_internals import AUTH_MODE, AUTH_TOKEN, AUTH_TOKEN_FILE, COMMAND

OPEN = "asks for no token: whoever reaches it can run code on it"
HINT = "start every node with RAY_AUTH_MODE=token and the same token"
_PROBE_SECONDS = 60


def require_closed(address: str) -> None:
    """Check that the cluster, which has to be running, answers only clients that have its token.

    Raises:
        UsageError: it answers every client.
    """
    if is_open(address):
        raise UsageError(f"the cluster {address} {OPEN}; {HINT}, or say --insecure")


def is_open(address: str) -> bool:
    """Whether the cluster answers a client without a token."""
    environment = {
        name: value for name, value in os.environ.items() if name not in (AUTH_TOKEN, AUTH_TOKEN_FILE)
    }
    command = [*COMMAND, "health-check", f"--address={address}"]
    try:
        probe = subprocess.run(
            command,
            env=environment | {AUTH_MODE: "disabled"},
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0
