"""Reads what the trials of studies took of their budgets."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, DateTime, text

from tuner.store.optuna_internals import INFINITE
from tuner.store.reading.attempts_reader import read_cut_short
from tuner.store.reading.scope import of_studies
from tuner.store.reading.study_summary import IS_OURS, feasible_rows
from tuner.study.spent_budget import SpentTrial

_TRIALS = (
    "SELECT t.study_id, t.number, t.state, t.datetime_start AS started, t.datetime_complete AS ended "
    f"FROM trials t WHERE {{which}} AND {IS_OURS} ORDER BY t.datetime_complete, t.number"
)
_RESULTS = (
    "SELECT t.study_id, t.number, a.value_json FROM trial_user_attributes a "
    "JOIN trials t ON t.trial_id = a.trial_id WHERE {which} AND a.key = 'results' AND NOT EXISTS "
    "(SELECT 1 FROM trial_user_attributes s WHERE s.trial_id = t.trial_id AND s.key = 'same_as')"
)


def read_spent(connection: Connection, study_ids: Collection[int]) -> defaultdict[int, list[SpentTrial]]:
    """Return what each trial of ours took, by its study, in the order in which they ended."""
    which = of_studies(study_ids)
    values: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for study_id, rows in feasible_rows(connection, study_ids)[0].items():
        for row in sorted(rows, key=lambda row: row.objective):
            values[study_id, row.number].append(INFINITE.get(row.value_type, row.value))
    cut_short = read_cut_short(connection, study_ids)
    results = {
        (study_id, number): len(json.loads(listed))
        for study_id, number, listed in connection.execute(text(_RESULTS.format(which=which)))
    }
    spent: defaultdict[int, list[SpentTrial]] = defaultdict(list)
    query = text(_TRIALS.format(which=which)).columns(started=DateTime, ended=DateTime)
    for row in connection.execute(query):
        key = row.study_id, row.number
        trial = SpentTrial(
            number=row.number,
            state=row.state,
            values=values.get(key),
            seconds=max(0.0, cut_short.get(key, _span(row.started, row.ended))),
            results=results.get(key, 0),
        )
        spent[row.study_id].append(trial)
    return spent


def _span(started: datetime | None, ended: datetime | None) -> float:
    return (ended - started).total_seconds() if started and ended else 0.0
