"""Reads how far running trials are, how long interrupted ones ran, and which were queued again, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Connection, DateTime, Integer, text

from tuner.store.reading.record_reader import stored_value
from tuner.store.reading.scope import of_studies
from tuner.store.reading.study_summary import IS_OURS
from tuner.study.trial import IN_DRIVER
from tuner.study.trial_record import moment_of

_FOLLOWING = (
    "SELECT t.study_id, t.number, f.value_json AS follows, a.value_json AS attempt FROM trials t "
    "JOIN trial_user_attributes f ON f.trial_id = t.trial_id AND f.key = 'follows' "
    "JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'attempt' "
    "WHERE {which}"
)
_FOLLOWED = (
    "SELECT t.study_id, t.number, t.state, a.value_json AS attempt, d.value_json AS device FROM trials t "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'attempt' "
    "LEFT JOIN trial_user_attributes d ON d.trial_id = t.trial_id AND d.key = 'device' "
    "WHERE {which} AND t.number IN ({numbers})"
)

_RUNNING = text(
    "SELECT t.number, r.epoch, r.metrics, r.at FROM tuner_reports r JOIN trials t ON t.trial_id = r.trial_id "
    f"WHERE t.study_id = :study_id AND t.state = 'RUNNING' AND {IS_OURS} ORDER BY r.epoch"
).columns(number=Integer, epoch=Integer, metrics=JSON, at=DateTime)
_CUT_SHORT = (
    "SELECT t.study_id, t.number, a.value_json AS began, MAX(r.at) AS heard FROM trials t "
    "LEFT JOIN tuner_reports r ON r.trial_id = t.trial_id "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'started_at' "
    f"WHERE {{which}} AND t.state = 'FAIL' AND {IS_OURS} AND NOT EXISTS "
    "(SELECT 1 FROM trial_user_attributes s WHERE s.trial_id = t.trial_id AND s.key = 'seconds') "
    "GROUP BY t.study_id, t.number, a.value_json"
)


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


def read_cut_short(connection: Connection, study_ids: Collection[int]) -> dict[tuple[int, int], float]:
    """Return how many seconds each failed trial trained that did not say so itself, by study and number.

    They are those until it was last heard of: its row has when somebody noticed, which may be days later.
    """
    query = text(_CUT_SHORT.format(which=of_studies(study_ids))).columns(heard=DateTime)
    seconds = {}
    for row in connection.execute(query):
        known = row.began is not None and row.heard is not None
        start = moment_of(stored_value(row.began)) if known else None
        trained = 0.0 if start is None else (row.heard.replace(tzinfo=None) - start).total_seconds()
        seconds[row.study_id, row.number] = trained
    return seconds


def read_next_attempts(
    connection: Connection, study_ids: Collection[int]
) -> defaultdict[int, dict[int, NextAttempt]]:
    """Return the next attempt at each trial that has one, by the study and the number of the trial.

    An interruption uses no attempt up, unless the trial was trained in its driver's process.
    """
    which = of_studies(study_ids)
    following = {
        (row.study_id, followed): (row.number, stored_value(row.attempt))
        for row in connection.execute(text(_FOLLOWING.format(which=which)))
        if isinstance(followed := stored_value(row.follows), int)  # others may have changed it
    }
    found: defaultdict[int, dict[int, NextAttempt]] = defaultdict(dict)
    if not following:
        return found
    numbers = ", ".join(map(str, sorted({number for _, number in following})))
    for row in connection.execute(text(_FOLLOWED.format(which=which, numbers=numbers))):
        if (row.study_id, row.number) not in following:
            continue
        number, attempt = following[row.study_id, row.number]
        device, before = (each and stored_value(each) for each in (row.device, row.attempt))
        interrupted = row.state == "FAIL" and (attempt == before or str(device or "").startswith(IN_DRIVER))
        found[row.study_id][row.number] = NextAttempt(number, interrupted)
    return found
