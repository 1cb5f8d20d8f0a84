"""Writes into the queue what became of studies and why they wait, on a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tuner.errors import Unreachable
from tuner.store.database import naming_outages
from tuner.store.queue.queue_writer import note_reason, note_state
from tuner.store.queue.queued_study import QueuedStudy, State
from tuner.store.reading.reader import StudyStore

_PAUSE_SECONDS = 1.0


class QueueNotes:
    """What a service writes into the queue, one note after another; while the database is away they wait.

    Args:
        store: the queue's.
    """

    def __init__(self, store: StudyStore) -> None:
        self._store = store
        self._reasons: dict[int, str | None] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="queue-notes")
        self._ends = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write notes while the block runs, and those that are left after it, unless the database is away."""
        try:
            yield
        finally:
            self._ends = True
            self._thread.shutdown()

    def ended(self, queued: QueuedStudy, state: State, reason: str | None) -> None:
        """Note that a study has ended, unless its user wants something else by then."""
        engine, study_id = self._store.engine, queued.study_id
        self._reasons.pop(study_id, None)
        self._write(lambda: note_state(engine, study_id, state, reason, of="queued"))

    def waits(self, queued: QueuedStudy, reason: str | None) -> None:
        """Note why a study waits, if that is new; None if it does not."""
        if self._reasons.get(queued.study_id, queued.reason) != reason:
            engine, study_id = self._store.engine, queued.study_id
            self._write(lambda: note_reason(engine, study_id, reason))
        self._reasons[queued.study_id] = reason

    def _write(self, note: Callable[[], object]) -> None:
        self._thread.submit(self._written, note)

    def _written(self, note: Callable[[], object]) -> None:
        while True:
            try:
                with naming_outages(self._store.url):
                    note()
            except Unreachable:
                if self._ends:  # the study is found as it is, and ends again
                    return
                time.sleep(_PAUSE_SECONDS)
            else:
                return
