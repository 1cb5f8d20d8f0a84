"""What the trials of all studies do: where those that run are, and why the last ones failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, DateTime, text

from tuner.store.lock import driver_purpose, held
from tuner.store.reading.attempts_reader import read_next_attempts
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.record_reader import stored_value
from tuner.store.reading.study_summary import IS_OURS
from tuner.study.trial_record import moment_of

_RUNNING = text(
    "SELECT t.study_id, s.study_name, t.number, n.value_json AS node, d.value_json AS device, "
    "b.value_json AS began FROM trials t JOIN studies s ON s.study_id = t.study_id "
    "LEFT JOIN trial_user_attributes n ON n.trial_id = t.trial_id AND n.key = 'node' "
    "LEFT JOIN trial_user_attributes d ON d.trial_id = t.trial_id AND d.key = 'device' "
    "LEFT JOIN trial_user_attributes b ON b.trial_id = t.trial_id AND b.key = 'started_at' "
    f"WHERE t.state = 'RUNNING' AND {IS_OURS}"
)
_FAILED = text(
    "SELECT t.study_id, s.study_name, t.number, t.datetime_complete AS ended, r.value_json AS reason "
    "FROM trials t JOIN studies s ON s.study_id = t.study_id "
    "LEFT JOIN trial_user_attributes r ON r.trial_id = t.trial_id AND r.key = 'reason' "
    f"WHERE t.state = 'FAIL' AND {IS_OURS} ORDER BY t.datetime_complete DESC LIMIT :most"
).columns(ended=DateTime)
_INTERRUPTED_BESIDE = 10  # times as many as are wanted are looked at: interrupted trials are no failed ones


@dataclass(frozen=True)
class RunningTrial:
    """A trial that runs.

    Attributes:
        node, device: where; None until it has a place.
        since: when its training began, UTC without a zone; None until then.
        is_driven: whether its study has a driver; without one nothing trains it.
    """

    study: str
    number: int
    node: str | None
    device: str | None
    since: datetime | None
    is_driven: bool


@dataclass(frozen=True)
class FailedTrial:
    """A trial that failed, when (UTC without a zone), and why."""

    study: str
    number: int
    ended: datetime | None
    reason: str | None


def read_running(store: StudyStore) -> list[RunningTrial]:
    """Return the trials that run, by node and device."""
    with store.engine.connect() as connection:
        rows = connection.execute(_RUNNING).all()
    driven = held(store.engine, {driver_purpose(row.study_id) for row in rows})
    trials = [
        RunningTrial(
            study=row.study_name,
            number=row.number,
            node=_text(row.node),
            device=_text(row.device),
            since=moment_of(_text(row.began)),
            is_driven=driver_purpose(row.study_id) in driven,
        )
        for row in rows
    ]
    return sorted(
        trials, key=lambda trial: (trial.node or "~", trial.device or "", trial.study, trial.number)
    )


def read_failures(connection: Connection, most: int) -> list[FailedTrial]:
    """Return the trials that failed last, the latest first; none that was ended with its launch."""
    rows = connection.execute(_FAILED, {"most": most * _INTERRUPTED_BESIDE}).all()
    following = read_next_attempts(connection, {row.study_id for row in rows})
    return [
        FailedTrial(row.study_name, row.number, row.ended, _text(row.reason))
        for row in rows
        if (after := following[row.study_id].get(row.number)) is None or not after.interrupted
    ][:most]


def _text(stored: Any) -> str | None:
    """Return an attribute as text; others may have changed it to anything."""
    value = None if stored is None else stored_value(stored)
    return None if value is None else str(value)
