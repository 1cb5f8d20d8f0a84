"""Writes confirmations into the store as they end, one transaction each; one process at a time a study."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from tuner.errors import Conflict
from tuner.store import lock
from tuner.store.confirmations.confirmation import Confirmation
from tuner.store.confirmations.confirmation_sql import holder_of, note_holder, write_confirmation
from tuner.store.outage import retry
from tuner.store.reading.study_view import StudyView
from tuner.store.writing.store_thread import StoreThread
from tuner.study.events.external_changes import is_deleted
from tuner.versions import this_process

_LOOK_SECONDS = 1.0


class ConfirmationWriter(StoreThread):
    """The one writer of a study's confirmations.

    What it has not written when its process ends is lost, and costs an evaluation: the training's state is on
    disk, and the next process that confirms the study finds no row.
    """

    def __init__(self, held: lock.Lock, view: StudyView) -> None:
        super().__init__(held, "confirmation-writer")
        self._view = view
        self._pending: deque[Confirmation] = deque()
        self._changed = Condition()

    @property
    def waiting(self) -> str:
        """How many confirmations wait."""
        return f"{len(self._pending)} results wait; one that is lost is had again from its checkpoint"

    def append(self, confirmation: Confirmation) -> None:
        """Take a confirmation that has ended."""
        with self._changed:
            self._pending.append(confirmation)
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Return whether nothing is left to do: all is written, or nothing more can be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._pending or self.failure is not None, seconds)
            return not self._pending or self.failure is not None

    def look(self, wait_seconds: float) -> None:
        """Nothing: what other programs do to a study's trials does not concern its confirmations."""

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _step(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._ending.is_set(), _LOOK_SECONDS)
            if not self._pending:
                return
            first = self._pending[0]
        self._lock.check()
        connection = self._lock.connection
        with connection.begin():
            there = write_confirmation(connection, self._view.study_id, first)
        if not there:
            raise is_deleted(self._view.name)
        with self._changed:
            self._pending.popleft()
            self._changed.notify_all()

    def _driven_by_another(self) -> Conflict:
        connection = self._lock.connection
        with connection.begin():
            return _is_confirmed(self._view.name, holder_of(connection, self._view.study_id))


@contextmanager
def confirming(view: StudyView) -> Iterator[ConfirmationWriter]:
    """Make this process the one that confirms the study; another may drive it meanwhile.

    When the block ends, it waits for the store to have everything, but not for a database that is away.

    Raises:
        Conflict: another process confirms the study, or it was deleted meanwhile.
    """
    with without_confirmer(view) as held:
        retry(lambda: _begin(view, held))
        writer = ConfirmationWriter(held, view)
        with writer.running():
            yield writer


@contextmanager
def without_confirmer(view: StudyView) -> Iterator[lock.Lock]:
    """Keep every other process from confirming the study while the block runs.

    Raises:
        Conflict: another process confirms the study.
    """
    try:
        with lock.exclusive(view.engine, f"confirming study {view.study_id}", wait=False) as held:
            yield held
    except lock.Locked:
        with view.engine.connect() as connection:
            raise _is_confirmed(view.name, holder_of(connection, view.study_id)) from None


def _begin(view: StudyView, held: lock.Lock) -> None:
    held.take_again()
    with held.connection.begin():
        note_holder(held.connection, view.study_id, this_process())


def _is_confirmed(name: str, holder: str | None) -> Conflict:
    return Conflict(
        f"study {name!r} is being confirmed by {holder or 'another process'}; wait for it, or stop it first"
    )
