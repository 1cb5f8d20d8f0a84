"""Reads the trials of a study as the store has them.

They are read from Optuna's tables directly: importing Optuna and its migrations would take longer than all
that a `status` has to do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, DateTime, Row, text

from tuner.store.optuna_internals import INFINITE
from tuner.study.trial_record import TrialRecord

_JOIN = "JOIN trials t ON t.trial_id = x.trial_id"
_TRIALS = "t.trial_id, t.number, t.state, t.datetime_start, t.datetime_complete FROM trials t"
_PARAMS = f"x.trial_id, x.param_name, x.param_value, x.distribution_json FROM trial_params x {_JOIN}"
_VALUES = f"x.trial_id, x.value, x.value_type FROM trial_values x {_JOIN}"
_ATTRIBUTES = f"x.trial_id, x.key, x.value_json FROM trial_user_attributes x {_JOIN}"


def read_records(
    connection: Connection, study_id: int, numbers: Collection[int] | None = None
) -> list[TrialRecord]:
    """Return the trials of a study, by number: all of them, or those of these numbers."""
    of_trials = "t.study_id = :study_id"
    if numbers is not None:
        # Written into the statement: a database takes only so many parameters.
        of_trials += f" AND t.number IN ({', '.join(str(int(number)) for number in numbers) or 'NULL'})"

    def rows(select: str, order: str) -> Iterable[Any]:
        query = text(f"SELECT {select} WHERE {of_trials} ORDER BY {order}")
        dates = query.columns(datetime_start=DateTime, datetime_complete=DateTime)
        return connection.execute(dates if select is _TRIALS else query, {"study_id": study_id})

    params: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, name, value, distribution in rows(_PARAMS, "x.param_id"):
        params[trial_id][name] = _param(value, distribution)
    values: defaultdict[int, list[float]] = defaultdict(list)
    for trial_id, value, kind in rows(_VALUES, "x.objective"):
        values[trial_id].append(INFINITE.get(kind, value))
    attributes: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, key, value in rows(_ATTRIBUTES, "x.key"):
        attributes[trial_id][key] = stored_value(value)
    return [
        _record(row, params[row.trial_id], values[row.trial_id], attributes[row.trial_id])
        for row in rows(_TRIALS, "t.number")
    ]


def stored_value(text: str) -> Any:
    """Return the value of an attribute; its text as it stands if that is no JSON, or nested too deep.

    Optuna writes only JSON, but other programs may write anything.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _record(
    row: Row[Any], params: dict[str, Any], values: list[float], attributes: dict[str, Any]
) -> TrialRecord:
    return TrialRecord(
        number=row.number,
        state=row.state,
        params=params,
        values=tuple(values) if row.state == "COMPLETE" else (),  # a pruned trial's is no result
        attributes=attributes,
        started=row.datetime_start,
        ended=row.datetime_complete,
    )


def _param(value: float, distribution: str) -> Any:
    """Return a parameter as it was suggested: Optuna stores a choice by its index, an integer as a float."""
    kind = json.loads(distribution)
    if kind["name"] == "CategoricalDistribution":
        return kind["attributes"]["choices"][int(value)]
    return int(value) if kind["name"] == "IntDistribution" else value
