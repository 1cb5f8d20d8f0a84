"""Puts studies into the queue, changes what their users want, and notes how they ended."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, update
from sqlalchemy.exc import IntegrityError

from tuner.store.queue.queued_study import DEFAULT_PRIORITY, ENDED, QUEUED, STATES, State
from tuner.store.tables.tuner_tables import queue
from tuner.versions import git_commit


@dataclass(frozen=True)
class QueueOptions:
    """What a user asks of a service for a study; what is None stays as it is.

    Attributes:
        priority: 1 to 1,000.
        max_devices: the most trials that may run at once; 0 for as many as there are devices.
    """

    priority: int | None = None
    max_devices: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return the columns that change."""
        changed: dict[str, Any] = {} if self.priority is None else {"priority": self.priority}
        return changed if self.max_devices is None else changed | {"max_devices": self.max_devices or None}


def submit(engine: Engine, study_id: int, options: QueueOptions) -> bool:
    """Put a study into the queue, or one that was there before into it again.

    Returns:
        False if it was queued already, so that only what is wanted for it has changed.
    """
    try:
        return _submit(engine, study_id, options)
    except IntegrityError:  # another process put it there meanwhile
        return _submit(engine, study_id, options)


def _submit(engine: Engine, study_id: int, options: QueueOptions) -> bool:
    now, wanted = datetime.now(UTC), options.columns()
    row: dict[str, Any] = {"state": "queued", "reason": None, "changed_at": now, **wanted}
    first = {
        "priority": DEFAULT_PRIORITY,
        "submitted_by": this_user(),
        "submitted_at": now,
        "git_commit": git_commit(),
    }
    with engine.begin() as connection:
        if change(connection, study_id, QUEUED, **wanted):
            return False
        if not change(connection, study_id, ENDED, **row):
            connection.execute(insert(queue).values(study_id=study_id, **first | row))
        return True


def ask_for(engine: Engine, study_id: int, options: QueueOptions) -> bool:
    """Change what is wanted for a study in the queue; return False if it is in none."""
    with engine.begin() as connection:
        return change(connection, study_id, **options.columns())


def note_state(engine: Engine, study_id: int, state: State, reason: str | None = None, *, of: State) -> bool:
    """Note what became of a study, unless its state is no longer `of`; return whether it was."""
    now = datetime.now(UTC)
    with engine.begin() as connection:
        return change(connection, study_id, (of,), state=state, reason=reason, changed_at=now)


def note_reason(engine: Engine, study_id: int, reason: str | None) -> bool:
    """Note why a queued study waits; None once it does no longer."""
    with engine.begin() as connection:
        return change(connection, study_id, QUEUED, reason=reason)


def change(connection: Connection, study_id: int, of: Collection[State] = STATES, **columns: Any) -> bool:
    """Change these columns of a study in the queue; return whether it is there, in one of these states."""
    changed = columns or {"study_id": study_id}  # a statement has to set something
    rows = update(queue).where(queue.c.study_id == study_id, queue.c.state.in_(of))
    return bool(connection.execute(rows.values(**changed)).rowcount)


def this_user() -> str:
    """Return the user of this process and the machine; the user's number where there is no name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return f"{name}@{socket.gethostname()}"
