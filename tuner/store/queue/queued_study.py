"""A study in the queue: what its user wants, and how far a service has come with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Column, Connection, Integer, MetaData, Row, Select, String, Table, select

from tuner.store.tables.tuner_tables import queue
from tuner.store.times import as_utc

State = Literal["queued", "stopped", "completed", "broken"]
"""What is to become of it, or became: a service drives those that are queued."""

STATES: tuple[State, ...] = get_args(State)
QUEUED: tuple[State, ...] = ("queued",)
ENDED = STATES[1:]
DEFAULT_PRIORITY, MOST_PRIORITY = 10, 1_000

_studies = Table("studies", MetaData(), Column("study_id", Integer), Column("study_name", String))


@dataclass(frozen=True)
class QueuedStudy:
    """A study in the queue.

    Attributes:
        study_id: its id in the database.
        name: the study's.
        state: `queued` also while it is driven; who drives it, its lock tells.
        priority: 1 to 1,000; a study with twice the priority of another gets twice the devices.
        max_devices: the most trials that may run at once; None for as many as there are devices.
        submitted_by: the user and the machine.
        submitted_at: when, UTC.
        git_commit: of this program's code where it was submitted, if that was a checkout.
        reason: why it waits or how it ended, in a line, where a service has said so.
        changed_at: when its state last changed, UTC.
    """

    study_id: int
    name: str
    state: State
    priority: int
    max_devices: int | None
    submitted_by: str
    submitted_at: datetime
    git_commit: str | None
    reason: str | None
    changed_at: datetime


_OF_QUEUE = [queue.c[field.name] for field in fields(QueuedStudy) if field.name != "name"]
_SELECT: Select[Any] = (
    select(*_OF_QUEUE, _studies.c.study_name.label("name"))
    .join(_studies, _studies.c.study_id == queue.c.study_id)
    .order_by(queue.c.priority.desc(), queue.c.submitted_at, queue.c.study_id)
)


def read_queue(connection: Connection, states: Collection[State] = STATES) -> list[QueuedStudy]:
    """Return the studies in these states: by falling priority, then as they were submitted."""
    return [_queued_study(row) for row in connection.execute(_SELECT.where(queue.c.state.in_(states)))]


def read_queued_study(connection: Connection, study_id: int) -> QueuedStudy | None:
    """Return a study's place in the queue; None if it was never submitted."""
    row = connection.execute(_SELECT.where(queue.c.study_id == study_id)).one_or_none()
    return None if row is None else _queued_study(row)


def _queued_study(row: Row[Any]) -> QueuedStudy:
    stored = dict(row._mapping)
    times = {name: as_utc(stored[name]) for name in ("submitted_at", "changed_at")}
    return QueuedStudy(**stored | times)
