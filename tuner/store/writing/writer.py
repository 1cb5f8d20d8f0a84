"""Applies a driver's events to the store: one thread, one connection, one transaction an event.

Nothing waits for it but the end of a launch. While the database is away it tries again; an event whose answer
was lost is seen by the fence to have been applied. The SQL of an event is in `event_sql.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from tuner.errors import Conflict
from tuner.store.fence import Fence, Passage, read_claim
from tuner.store.lock import Lock
from tuner.store.writing.event_sql import Changed, EventSql
from tuner.store.writing.external_reader import ExternalReader
from tuner.store.writing.store_thread import StoreThread
from tuner.store.writing.trial_rows import TrialRows, read_rows
from tuner.study.events.event import Event
from tuner.study.events.event_log import EventLog
from tuner.study.events.external_changes import ExternalChange, is_deleted, is_driven

LOOK_SECONDS = 1.0
"""How often the writer looks for what other programs did."""


class Writer(StoreThread):
    """The one writer of a study's driver.

    Args:
        lock: the driver's lock; its connection is what is written with.
        fence: the driver's right to write.
        log: its events.
        rows: the study's trials as the store has them.
        name: the study's.

    Attributes:
        wrote: told of each event how many seconds it took.
    """

    def __init__(self, lock: Lock, fence: Fence, log: EventLog, rows: TrialRows, name: str) -> None:
        super().__init__(lock, "store-writer")
        self.log = log
        self._fence = fence
        self._rows = rows
        self._tables = EventSql(fence.study_id)
        self._external = ExternalReader(fence.study_id, fence.driver, name, rows)
        self.wrote: Callable[[float], None] = lambda _seconds: None
        self._changes: list[ExternalChange] = []
        self._looked = time.monotonic()
        self._wanted = self._answered = 0

    @property
    def waiting(self) -> str:
        """How many events wait, and in which file."""
        return str(self.log)

    def append(self, event: Event) -> None:
        """Take an event; it outlives this process when this returns."""
        self.log.append(event)

    def changes(self) -> Iterator[ExternalChange]:
        """Yield what other programs did since the last call."""
        while self._changes:
            yield self._changes.pop(0)

    def wait(self, seconds: float) -> bool:
        """Return whether nothing is left to do: all is applied, or nothing more can be."""
        return self.log.wait_until_empty(seconds) or self.failure is not None

    def close(self) -> None:
        """End the thread once its present call has; what is left in the log is the next driver's."""
        super().close()
        self.log.close()

    def look(self, wait_seconds: float) -> None:
        """Look for what other programs did at once; wait for that a little, if the database is there."""
        self._wanted += 1
        wanted, end = self._wanted, time.monotonic() + wait_seconds
        self.log.wake()
        while self._answered < wanted and self.failure is None and time.monotonic() < end:
            time.sleep(0.005)

    def _wake(self) -> None:
        self.log.wake()

    def _step(self) -> None:
        pending = self.log.first(self._look_in_seconds())
        if pending is not None:
            began = time.monotonic()
            self.apply(*pending)
            self.log.applied()
            self.wrote(time.monotonic() - began)
        if self._look_in_seconds() <= 0:
            wanted = self._wanted
            self._lock.check()
            with self._lock.connection.begin():
                changes = self._external.look(self._lock.connection)
            self._external.note(changes)
            self._changes += changes
            self._looked, self._answered = time.monotonic(), wanted

    def apply(self, number: int, event: Event | None) -> bool:
        """Apply one event in one transaction, once, however often it is called.

        Args:
            number: the event's.
            event: None for one that cannot be read, which only takes its number.

        Returns:
            False if nothing was written: the event's trial is no longer the driver's.

        Raises:
            Conflict: another driver has the study, or it was deleted.
            SQLAlchemyError: the database's error.
        """
        self._lock.check()
        connection = self._lock.connection
        written: Changed | None = ()
        with connection.begin():
            passage = self._fence.pass_event(connection, number)
            if passage is Passage.NEXT and event is not None:
                written = self._tables.write(connection, event, self._rows)
        match passage:
            case Passage.NOT_THE_DRIVER:
                raise self._driven_by_another()
            case Passage.NO_STUDY:
                raise is_deleted(self._external.name)
            case Passage.ALREADY_APPLIED:
                self._read_rows(connection)
        for row in written or ():
            self._rows.add(*row)
        if written is None and event is not None:
            with connection.begin():
                lost = self._external.lost(connection, event.number)
            self._rows.forget(event.number)
            self._changes.append(lost)
        return written is not None

    def _read_rows(self, connection: Connection) -> None:
        """Find the rows of an event that was applied without an answer."""
        with connection.begin():
            stored = read_rows(connection, self._fence.study_id, self._fence.driver)
        for number, trial_id in stored.ids.items():
            self._rows.add(number, trial_id, stored.open.get(number, ""))

    def _driven_by_another(self) -> Conflict:
        with self._lock.connection.begin():
            claim = read_claim(self._lock.connection, self._fence.study_id)
        return is_driven(self._external.name, claim.holder if claim else None)

    def _look_in_seconds(self) -> float:
        if self._answered < self._wanted:
            return 0.0
        return self._looked + LOOK_SECONDS - time.monotonic()
