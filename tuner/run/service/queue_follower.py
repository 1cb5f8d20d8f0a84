"""Follows the queue for the service that leads: what is queued, once a second; and says that it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError

from tuner.errors import Unreachable
from tuner.run.service.leadership import LOOK_SECONDS
from tuner.run.watchdog import watching
from tuner.store import lock
from tuner.store.database import cause_of
from tuner.store.queue.queued_study import QueuedStudy, read_queue
from tuner.store.queue.service_row import ServiceRow, forget_service, note_service


class QueueFollower:
    """What the queue was when it was last looked at, on a thread of its own.

    Args:
        held: the lock of the service that leads, whose connection nobody else uses.
        row: what is said of this service.
        say: told in a line that the database is away, and that it is back.

    Attributes:
        queued: the studies that are to be driven, in their order.
        looked: when that was, by the clock that only goes forward.
        lost: why this service leads no longer, if it does not.
    """

    def __init__(self, held: lock.Lock, row: Callable[[], ServiceRow], say: Callable[[str], None]) -> None:
        self.queued: Sequence[QueuedStudy] = ()
        self.looked = float("-inf")
        self.lost: str | None = None
        self._held = held
        self._row = row
        self._say = say
        self._is_away = False

    @contextmanager
    def following(self) -> Iterator[None]:
        """Look again and again while the block runs; then say that this service is gone."""
        with watching("queue", self._look, LOOK_SECONDS):
            yield
        with suppress(SQLAlchemyError), self._held.connection.begin():
            forget_service(self._held.connection, self._row().service)

    def _look(self) -> bool:
        connection = self._held.connection
        try:
            self._held.check()
            if self._is_away:
                self._held.take_again()
            with connection.begin():
                looked = time.monotonic()
                note_service(connection, self._row())
                self.queued = read_queue(connection, ["queued"])
            self.looked = looked
        except (lock.Locked, Unreachable) as error:
            self.lost = str(error) or "another service drives the queue"
            return False
        except SQLAlchemyError as error:
            self._away(cause_of(error))
        else:
            self._back()
        return True

    def _away(self, cause: str) -> None:
        if not self._is_away:
            self._say(f"the database is away: {cause}; what runs goes on")
        self._is_away = True

    def _back(self) -> None:
        if self._is_away:
            self._say("the database is back")
        self._is_away = False
