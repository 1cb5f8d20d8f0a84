"""Reads what the trials of a study took of its budget."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, DateTime, text

from tuner.store.optuna_internals import INFINITE
from tuner.store.reading.attempts_reader import read_cut_short
from tuner.store.reading.study_summary import IS_OURS, feasible_rows
from tuner.study.spent_budget import SpentTrial

_TRIALS = text(
    "SELECT t.number, t.state, t.datetime_start AS started, t.datetime_complete AS ended FROM trials t "
    f"WHERE t.study_id = :study_id AND {IS_OURS} ORDER BY t.datetime_complete, t.number"
).columns(started=DateTime, ended=DateTime)
_RESULTS = text(
    "SELECT t.number, a.value_json FROM trial_user_attributes a JOIN trials t ON t.trial_id = a.trial_id "
    "WHERE t.study_id = :study_id AND a.key = 'results' AND NOT EXISTS "
    "(SELECT 1 FROM trial_user_attributes s WHERE s.trial_id = t.trial_id AND s.key = 'same_as')"
)


def read_spent(connection: Connection, study_id: int) -> list[SpentTrial]:
    """Return what each trial of ours took, in the order in which they ended."""
    only = {"study_id": study_id}
    values: defaultdict[int, list[float]] = defaultdict(list)
    rows, _ = feasible_rows(connection, study_id)
    for row in sorted(rows, key=lambda row: row.objective):
        values[row.number].append(INFINITE.get(row.value_type, row.value))
    cut_short = read_cut_short(connection, study_id)
    results = {number: len(json.loads(listed)) for number, listed in connection.execute(_RESULTS, only)}
    return [
        SpentTrial(
            number=row.number,
            state=row.state,
            values=values.get(row.number),
            seconds=max(0.0, cut_short.get(row.number, _span(row.started, row.ended))),
            results=results.get(row.number, 0),
        )
        for row in connection.execute(_TRIALS, only)
    ]


def _span(started: datetime | None, ended: datetime | None) -> float:
    return (ended - started).total_seconds() if started and ended else 0.0
