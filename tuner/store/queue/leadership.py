"""Which service drives a store's queue: one at a time; others stand by, and follow it within seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tuner.errors import Conflict, Unreachable
from tuner.store import lock
from tuner.store.database import cause_of, display_url, unusable
from tuner.store.outage import retry
from tuner.store.queue.queued_study import QueuedStudy, read_queue
from tuner.store.queue.service_row import ServiceRow, forget_service, note_service
from tuner.store.queue.takeover import SilentLeader

LOOK_SECONDS = 1.0
_PURPOSE = "serving the queue"


class Leadership:
    """The right to drive the queue, which one process has.

    Args:
        held: the lock that gives it; nobody else uses its connection.
    """

    def __init__(self, held: lock.Lock) -> None:
        self._held = held
        self._is_away = False

    def look(self, row: ServiceRow) -> Sequence[QueuedStudy]:
        """Say that this service is there, and return the studies that are queued, in their order.

        Raises:
            Unreachable: the database is away; what is led goes on being led when it is back.
            Replaced: the store is another file, or none.
            Conflict: another process leads.
        """
        connection = self._held.connection
        self._held.check()
        try:
            if self._is_away:
                self._held.take_again()
                self._is_away = False
            with connection.begin():
                note_service(connection, row)
                return read_queue(connection, ["queued"])
        except lock.Locked:
            raise Conflict("another service drives the queue") from None
        except SQLAlchemyError as error:
            self._is_away = True
            raise Unreachable(unusable(display_url(connection.engine.url), cause_of(error))) from error

    def leave(self, service: str) -> None:
        """Forget this service, which ends."""
        with suppress(SQLAlchemyError), self._held.connection.begin():
            forget_service(self._held.connection, service)


@contextmanager
def leading(
    engine: Engine, row: Callable[[], ServiceRow], stopped: Callable[[], bool], say: Callable[[str], None]
) -> Iterator[Leadership | None]:
    """Wait until this process leads, and lead while the block runs; None if it was stopped before.

    One that leads and has been silent for some seconds is taken to be dead: its sessions are ended.

    Args:
        engine: the store's.
        row: what is said of this process while it stands by.
        stopped: whether to wait no longer.
        say: told in a line that it stands by.

    Raises:
        Replaced: the store's file was deleted or replaced while this process stood by.
    """
    with ExitStack() as stack:
        same_file = lock.same_file(engine)
        held, said, leader = _taken(engine, stack), False, SilentLeader()
        while held is None and not stopped():
            if not said:
                say("another service drives the queue; this one stands by")
                said = True
            if silent := retry(lambda: _stands_by(engine, row(), leader)):
                say(f"takes over from {silent.holder}, which has been silent")
            else:
                time.sleep(LOOK_SECONDS)
            same_file()  # the pool's connections would go on in the old one
            held = _taken(engine, stack)
        yield None if held is None else Leadership(held)


def _taken(engine: Engine, stack: ExitStack) -> lock.Lock | None:
    try:
        return retry(lambda: stack.enter_context(lock.exclusive(engine, _PURPOSE, wait=False)))
    except lock.Locked:
        return None


def _stands_by(engine: Engine, row: ServiceRow, leader: SilentLeader) -> ServiceRow | None:
    with engine.begin() as connection:
        note_service(connection, row)
        return leader.look(connection)
