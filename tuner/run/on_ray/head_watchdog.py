"""Watches whether a cluster's head is there: without it, Ray answers nothing for a minute and then aborts."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tuner.run.watchdog import watching
from tuner.settings import host_and_port

LOST_AFTER_SECONDS = 30  # a head that is started again at once is no loss; Ray itself gives up after 60
_LOOK_SECONDS = 2


@contextmanager
def watched_head(address: str, lost: Callable[[], None]) -> Iterator[None]:
    """Calls `lost`, on a thread of its own, if the head cannot be reached for a while as the block runs.

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


def _answers(address: str) -> bool:
    try:
        socket.create_connection(host_and_port(address), timeout=_LOOK_SECONDS).close()
    except OSError:
        return False
    return True
