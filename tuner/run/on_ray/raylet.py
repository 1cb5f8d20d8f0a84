"""A Ray node without devices, for a driver that joins a cluster.

A driver talks to the cluster through a node on its own host. A node that it brings lets `launch` run wherever
the cluster can be reached: on the head, in a container beside it, on a laptop in the same network.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tuner.errors import Unreachable, UsageError
from tuner.run.on_ray.ray_internals import (
    AUTH_MODE,
    COMMAND,
    NO_HEAD,
    STARTED,
    TOKEN_REFUSED,
    version_mismatch,
)
from tuner.settings import host_and_port

CONNECT_TIMEOUT_SECONDS = 10
END_TIMEOUT_SECONDS = 20
_ADVICE = "correct the address, or start the cluster's head"
_OPTIONS = (
    "--num-cpus=0",
    "--num-gpus=0",
    "--object-store-memory=100000000",
    "--disable-usage-stats",
    "--block",
)
_PR_SET_PDEATHSIG = 1


@contextmanager
def raylet(address: str, folder: Path) -> Iterator[None]:
    """A node of the cluster at `address`, on this host, for as long as the block runs.

    Args:
        address: the head's, HOST:PORT.
        folder: the node's temporary folder. It tells the node from others on this host, and keeps them
            from writing into each other's files when several start at once.

    Raises:
        UsageError: the address is none, or the cluster refuses our token or our versions.
        Unreachable: nobody answers there, or the node does not start.
    """
    _knock(address)
    with _started(address, folder):
        yield


@contextmanager
def _started(address: str, folder: Path) -> Iterator[None]:
    where = (f"--address={address}", f"--temp-dir={folder}")
    process = subprocess.Popen(
        [*COMMAND, "start", *where, *_OPTIONS],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # a Ctrl-C is for the driver, which still needs its node
        preexec_fn=partial(_die_with, os.getpid()),  # noqa: PLW1509 - a driver that is killed must leave no node behind
    )
    try:
        _wait_until_started(process, address)
        yield
    finally:
        _end(process)


def _knock(address: str) -> None:
    """Ray itself would try for two minutes, and then end the process."""
    try:
        socket.create_connection(host_and_port(address), timeout=CONNECT_TIMEOUT_SECONDS).close()
    except OSError as error:
        raise Unreachable(f"the Ray cluster {address} cannot be reached: {error}; {_ADVICE}") from error


def _wait_until_started(process: subprocess.Popen[str], address: str) -> None:
    assert process.stdout is not None
    output: list[str] = []
    for line in process.stdout:
        if STARTED in line:
            return
        if TOKEN_REFUSED in line:
            raise UsageError(f"the Ray cluster {address} {_refusal()}")
        if NO_HEAD in line:  # Ray itself would ask twenty times, half a minute each
            raise Unreachable(f"what answers at {address} is no Ray cluster's head; {_ADVICE}")
        if line.strip():
            output.append(line.rstrip())
    if mismatch := version_mismatch("\n".join(output)):
        theirs, ours = mismatch
        raise UsageError(
            f"the Ray cluster {address} has {theirs}, this node {ours}; install the same on all nodes"
        )
    last = output[-1].strip() if output else "it ended in silence"
    raise Unreachable(f"the Ray cluster {address} cannot be joined: {last}")


def _refusal() -> str:
    remedy = "copy its head's token to ~/.ray/auth_token, or name its file in RAY_AUTH_TOKEN_PATH"
    if os.environ.get(AUTH_MODE) == "disabled":
        return f"asks for a token; leave out --insecure, and {remedy}"
    return f"refuses our token; {remedy}"


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=END_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _die_with(parent: int) -> None:
    """Ask Linux, in the new process, to end it when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before that
            os._exit(1)
