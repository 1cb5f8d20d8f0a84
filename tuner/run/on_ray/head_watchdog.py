"""Watches whether Ray is there: a cluster's head, or the processes of a Ray that this process has started.

Without one of them Ray answers nothing for a minute and then aborts the process, or starts no further worker.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

import psutil

from tuner.run.on_ray.ray_internals import GCS_SERVER, RAYLET, RUNTIME_ENV_AGENT
from tuner.run.watchdog import watching
from tuner.settings import host_and_port

LOST_AFTER_SECONDS = 30  # a head that is started again at once is no loss; Ray itself gives up after 60
_LOOK_SECONDS = 2
_AGENT = "runtime environment agent"


@contextmanager
def watched_head(address: str, lost: Callable[[], None]) -> Iterator[None]:
    """Call `lost` on a thread of its own if a cluster's head cannot be reached for a while as the block runs.

    Args:
        address: the head's, HOST:PORT.
        lost: the block cannot be expected to go on, nor to end; it does not end before this has.
    """
    seen = time.monotonic()

    def look() -> bool:
        nonlocal seen
        if _answers(address):
            seen = time.monotonic()
        elif time.monotonic() - seen >= LOST_AFTER_SECONDS:
            lost()
            return False
        return True

    with watching("head-watch", look, _LOOK_SECONDS):
        yield


@contextmanager
def watched_processes(lost: Callable[[str], None]) -> Iterator[None]:
    """Call `lost` on a thread of its own if a process of this process's Ray ends while the block runs.

    It is called at once: Ray aborts this process as soon as it is asked for a further worker.

    Args:
        lost: gets the name of the process; as that of `watched_head`.
    """
    over, at_work = Event(), Lock()

    def wait(name: str, process: psutil.Process) -> None:
        process.wait()
        with at_work:
            if not over.is_set():
                over.set()
                lost(name)

    for name, process in _ray_processes():
        Thread(target=wait, args=(name, process), name=f"{name}-watch", daemon=True).start()
    try:
        yield
    finally:
        with at_work:
            over.set()


def _answers(address: str) -> bool:
    try:
        socket.create_connection(host_and_port(address), timeout=_LOOK_SECONDS).close()
    except OSError:
        return False
    return True


def _ray_processes() -> Iterator[tuple[str, psutil.Process]]:
    """The processes without which no trial can run, each with a name for people, as far as they are there."""
    servers = {name: server for name, _, server in _children(psutil.Process())}
    for name in servers.keys() & {GCS_SERVER, RAYLET}:
        yield name, servers[name]
    for _, command, process in _children(servers[RAYLET]) if RAYLET in servers else ():
        if any(word in command for word in RUNTIME_ENV_AGENT):
            yield _AGENT, process


def _children(parent: psutil.Process) -> Iterator[tuple[str, str, psutil.Process]]:
    """Name, command and process of each child; workers come and go while they are listed."""
    with suppress(psutil.NoSuchProcess):
        for process in parent.children():
            with suppress(psutil.NoSuchProcess):
                yield process.name(), " ".join(process.cmdline()), process
