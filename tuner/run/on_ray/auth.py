"""Whether a cluster asks for a token: one that does not runs the code of whoever reaches it."""

from __future__ import annotations

import os
import subprocess
import sys

from tuner.errors import UsageError

OPEN = "asks for no token: whoever reaches it can run code on it"
REMEDY = "start every node with RAY_AUTH_MODE=token and the same token"
_TOKENS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
_PROBE_SECONDS = 60


def require_closed(address: str) -> None:
    """Returns if the cluster, which has to be there, answers only those who have its token.

    Raises:
        UsageError: it answers everybody.
    """
    if is_open(address):
        raise UsageError(f"the cluster {address} {OPEN}; {REMEDY}, or say --insecure")


def is_open(address: str) -> bool:
    """Whether the cluster answers a stranger, who has no token."""
    environment = {name: value for name, value in os.environ.items() if name not in _TOKENS}
    command = [sys.executable, "-m", "ray.scripts.scripts", "health-check", f"--address={address}"]
    try:
        answered = subprocess.run(
            command,
            env=environment | {"RAY_AUTH_MODE": "disabled"},
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return answered.returncode == 0
