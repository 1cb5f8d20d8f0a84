"""Studies' trials kept in memory, which follow the store: only what changed is read again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optuna.trial import FrozenTrial
from sqlalchemy import Engine, text

from tuner.store.reading.following.trial_reader import read_trials

STUDIES = 8
"""How many studies are kept: those that were asked for last."""

AGAIN_SECONDS = 600
"""After how long all is read again: only plain SQL changes what belongs to a trial that has ended."""

_OPEN = ("RUNNING", "WAITING")
_ROWS = text(
    "SELECT trial_id, number, state, datetime_start, datetime_complete FROM trials "
    "WHERE study_id = :study_id ORDER BY trial_id"
)

Rows = dict[int, tuple[Any, ...]]


@dataclass(frozen=True)
class _Known:
    """A study's trials, and their rows as they were just before; both by the rows' ids."""

    rows: Rows
    trials: dict[int, FrozenTrial]
    since: float


class FollowedTrials:
    """The trials of studies as they are in the store at the moment of each call.

    A trial is read again while it is open, and once its row has changed. One that was not read again is the
    same object as before, and belongs to all callers: nobody may change it.

    Args:
        engine: of the store.
        clock: in seconds.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._known: dict[int, _Known] = {}
        self._lock = threading.Lock()

    def of(self, study_id: int) -> list[FrozenTrial]:
        """Return a study's trials in the order of their rows; none if there is no such study."""
        with self._lock:
            now = self._clock()
            known = self._known.pop(study_id, None)
            if known is None or now - known.since >= AGAIN_SECONDS:
                known = _Known({}, {}, now)
            known = self._follow(study_id, known)
            if known.rows:
                self._known[study_id] = known  # as the one that was asked for last
            if len(self._known) > STUDIES:
                del self._known[next(iter(self._known))]
            return list(known.trials.values())

    def _follow(self, study_id: int, known: _Known) -> _Known:
        with self._engine.connect() as connection:
            # First the rows: what changes before the rest is read is read again next time.
            listed = connection.execute(_ROWS, {"study_id": study_id})
            rows = {row.trial_id: tuple(row) for row in listed}
            changed = [each for each, row in rows.items() if row[2] in _OPEN or known.rows.get(each) != row]
            read = read_trials(connection, study_id, changed if known.rows else None) if changed else []
        trials = known.trials | {trial._trial_id: trial for trial in read}
        return _Known(rows, {each: trials[each] for each in rows if each in trials}, known.since)
