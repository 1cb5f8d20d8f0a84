"""A thread that writes to the store, step by step, and waits while the database is away."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from tuner.errors import Conflict
from tuner.store.database import cause_of, display_url, is_outage
from tuner.store.lock import Lock, Locked
from tuner.store.outage import Outage, pauses


class StoreThread(ABC):
    """Writes what others decide, under a lock; only the end of a launch waits for it.

    Args:
        lock: held by this process; its connection is what is written with.
        name: the thread's, as a debugger shows it.

    Attributes:
        failure: why nothing more is written, or None.
        outage: the database's, while it is away.
    """

    def __init__(self, lock: Lock, name: str) -> None:
        self.failure: BaseException | None = None
        self.outage: Outage | None = None
        self._lock = lock
        self._database = display_url(lock.connection.engine.url)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    @abstractmethod
    def waiting(self) -> str:
        """How much waits to be written, and where, for people."""

    @abstractmethod
    def wait(self, seconds: float) -> bool:
        """Return whether nothing is left to do: all is written, or nothing more can be."""

    @abstractmethod
    def look(self, wait_seconds: float) -> None:
        """Look for what other programs did at once; wait for that a little, if the database is there."""

    @abstractmethod
    def _step(self) -> None:
        """Write something, or wait a while for what is to be written."""

    @abstractmethod
    def _wake(self) -> None:
        """End the wait of a step, and of whoever waits for this thread."""

    @abstractmethod
    def _driven_by_another(self) -> Conflict:
        """Return who took the lock that was lost."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Write on a thread of its own while the block runs.

        At its end it waits for the store to have everything, but not for a database that is away.

        Raises:
            Exception: why nothing more could be written, if so.
        """
        self.start()
        try:
            yield
            while not self.wait(0.1) and self.outage is None:
                pass
        finally:
            self.close()
        if self.failure is not None:
            raise self.failure

    def start(self) -> None:
        """Begin to write, on a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """End the thread once its present step has."""
        self._ending.set()
        self._wake()
        self._thread.join()

    def _run(self) -> None:
        tries, pause = 0, pauses()
        while not self._ending.is_set() and self.failure is None:
            try:
                if tries:
                    self._take_again()
                self._step()
            except SQLAlchemyError as error:
                if not is_outage(error):
                    self.failure = error
                tries += 1
                if tries > 1:  # a connection that was lost is no outage
                    since = self.outage.since if self.outage else time.monotonic()
                    self.outage = Outage(self._database, since, cause_of(error))
                    self._ending.wait(next(pause))
            except Exception as error:  # noqa: BLE001 - the driver raises it
                self.failure = error
            else:
                tries, pause, self.outage = 0, pauses(), None
        self._wake()

    def _take_again(self) -> None:
        try:
            self._lock.take_again()
        except Locked:
            raise self._driven_by_another() from None
