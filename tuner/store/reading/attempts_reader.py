"""Reads how far running trials are, how long interrupted ones ran, and which were queued again, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Connection, DateTime, Integer, text

from tuner.store.reading.record_reader import read_records, stored_value
from tuner.store.reading.study_summary import IS_OURS
from tuner.study.trial import IN_DRIVER
from tuner.study.trial_record import moment_of

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
_CUT_SHORT = text(
    "SELECT t.number, a.value_json AS began, MAX(r.at) AS heard FROM trials t "
    "LEFT JOIN tuner_reports r ON r.trial_id = t.trial_id "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'started_at' "
    f"WHERE t.study_id = :study_id AND t.state = 'FAIL' AND {IS_OURS} AND NOT EXISTS "
    "(SELECT 1 FROM trial_user_attributes s WHERE s.trial_id = t.trial_id AND s.key = 'seconds') "
    "GROUP BY t.number, a.value_json"
).columns(number=Integer, heard=DateTime)


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


def read_cut_short(connection: Connection, study_id: int) -> dict[int, float]:
    """Return how many seconds each failed trial trained that did not say so itself, by its number.

    They are those until it was last heard of: its row has when somebody noticed, which may be days later.
    """
    seconds = {}
    for number, began, heard in connection.execute(_CUT_SHORT, {"study_id": study_id}):
        start = moment_of(stored_value(began)) if began is not None and heard is not None else None
        seconds[number] = 0.0 if start is None else (heard.replace(tzinfo=None) - start).total_seconds()
    return seconds


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
