"""Which service of a store drives its queue: one at a time; others stand by, and follow it within seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Engine

from tuner.store import lock
from tuner.store.outage import retry
from tuner.store.queue.service_row import ServiceRow, note_service

LOOK_SECONDS = 1.0
_PURPOSE = "serving the queue"


@contextmanager
def leading(
    engine: Engine, row: Callable[[], ServiceRow], stopped: Callable[[], bool], say: Callable[[str], None]
) -> Iterator[lock.Lock | None]:
    """Wait until this process leads, and lead while the block runs.

    Yields the lock, and with it the connection that holds it; None if the process was stopped before.

    Args:
        engine: the store's.
        row: what is said of this process while it stands by.
        stopped: whether to wait no longer.
        say: told in a line that it stands by.
    """
    with ExitStack() as stack:
        held, said = _taken(engine, stack), False
        while held is None and not stopped():
            if not said:
                say("another service drives the queue; this one stands by")
                said = True
            retry(lambda: _note(engine, row()))
            time.sleep(LOOK_SECONDS)
            held = _taken(engine, stack)
        yield held


def _taken(engine: Engine, stack: ExitStack) -> lock.Lock | None:
    try:
        return stack.enter_context(retry(lambda: lock.exclusive(engine, _PURPOSE, wait=False)))
    except lock.Locked:
        return None


def _note(engine: Engine, row: ServiceRow) -> None:
    with engine.begin() as connection:
        note_service(connection, row)
