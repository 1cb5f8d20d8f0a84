"""Reads how far running trials are, and which trials were queued again, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Connection, DateTime, Integer, text

from tuner.store.reading.record_reader import read_records, stored_value
from tuner.store.reading.study_summary import IS_OURS
from tuner.study.trial import IN_DRIVER

_FOLLOWING = text(
    "SELECT t.number, f.value_json AS follows, a.value_json AS attempt FROM trials t "
    "JOIN trial_user_attributes f ON f.trial_id = t.trial_id AND f.key = 'follows' "
    "JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'attempt' "
    "WHERE t.study_id = :study_id"
)

_RUNNING = text(
    "SELECT t.number, r.epoch, r.metrics, r.at FROM tuner_reports r JOIN trials t ON t.trial_id = r.trial_id "
    f"WHERE t.study_id = :study_id AND t.state = 'RUNNING' AND {IS_OURS} ORDER BY r.epoch"
).columns(number=Integer, epoch=Integer, metrics=JSON, at=DateTime)


@dataclass(frozen=True)
class LastReport:
    """What a running trial said last.

    Attributes:
        at: when, UTC without a zone.
    """

    epoch: int
    metrics: Mapping[str, float | None]
    at: datetime


@dataclass(frozen=True)
class NextAttempt:
    """The trial that goes on where another ended.

    Attributes:
        number: its number.
        interrupted: whether the other one was ended by its launch or its driver, not by the machine.
    """

    number: int
    interrupted: bool


def read_last_reports(connection: Connection, study_id: int) -> dict[int, LastReport]:
    """Return the last report of each running trial that has one, by its number."""
    return {
        row.number: LastReport(row.epoch, row.metrics, row.at.replace(tzinfo=None))
        for row in connection.execute(_RUNNING, {"study_id": study_id})
    }


def read_next_attempts(connection: Connection, study_id: int) -> dict[int, NextAttempt]:
    """Return the next attempt at each trial that has one, by the number of the trial.

    An interruption uses no attempt up, unless the trial was trained in its driver's process.
    """
    following = {
        stored_value(row.follows): (row.number, stored_value(row.attempt))
        for row in connection.execute(_FOLLOWING, {"study_id": study_id})
    }
    if not following:
        return {}
    followed = [number for number in following if isinstance(number, int)]  # others may have changed it
    found = {}
    for record in read_records(connection, study_id, followed, keys=("attempt", "device")):
        number, attempt = following[record.number]
        in_driver = str(record.attributes.get("device", "")).startswith(IN_DRIVER)
        used_none = attempt == record.attributes.get("attempt")
        found[record.number] = NextAttempt(number, record.state == "FAIL" and (used_none or in_driver))
    return found
