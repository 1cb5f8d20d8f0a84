"""Reads the trials of a study as the store has them.

They are read from Optuna's tables directly: importing Optuna and its migrations would take longer than all
that a `status` has to do.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, select

from tuner.errors import UsageError
from tuner.store.optuna_internals import CONSTRAINT_PREFIX, INFINITE
from tuner.store.tables import optuna_tables as optuna
from tuner.study.trial_record import TrialRecord


def read_records(
    connection: Connection,
    study_id: int,
    numbers: Collection[int] | None = None,
    *,
    states: Collection[str] = (),
    keys: Collection[str] = (),
) -> list[TrialRecord]:
    """Return the trials of a study, by number.

    Args:
        connection: to the store.
        study_id: the study's id.
        numbers: of the trials to return; None for all.
        states: Optuna's states of the trials to return; none for all.
        keys: of the attributes to read; none for all.
    """
    ids = optuna.trials_of(study_id)
    if states:
        ids = ids.where(optuna.trials.c.state.in_(states))
    if numbers is not None:
        # Written into the statement: a database takes only so many parameters.
        listed = bindparam("numbers", sorted(numbers), Integer, expanding=True, literal_execute=True)
        ids = ids.where(optuna.trials.c.number.in_(listed))
    params: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, name, value, distribution in connection.execute(optuna.rows_of(optuna.params, ids)):
        params[trial_id][name] = _param(value, distribution)
    values: defaultdict[int, list[float]] = defaultdict(list)
    for trial_id, _, value, kind in connection.execute(optuna.rows_of(optuna.values, ids, "objective")):
        values[trial_id].append(INFINITE.get(kind, value))
    attributes = _read_attributes(connection, ids, keys)
    constraints = read_constraints(connection, ids)
    rows = select(optuna.trials).where(optuna.trials.c.trial_id.in_(ids)).order_by(optuna.trials.c.number)
    return [
        TrialRecord(
            number=row.number,
            state=row.state,
            params=params[row.trial_id],
            # A pruned trial's value is no result.
            values=tuple(values[row.trial_id]) if row.state == "COMPLETE" else (),
            attributes=attributes[row.trial_id],
            started=row.datetime_start,
            ended=row.datetime_complete,
            constraints=constraints[row.trial_id] if row.state == "COMPLETE" else {},
        )
        for row in connection.execute(rows)
    ]


def _read_attributes(
    connection: Connection, ids: Select[Any], keys: Collection[str]
) -> defaultdict[int, dict[str, Any]]:
    """Return the attributes of these trials, by row and key; all if no key is named."""
    rows = optuna.rows_of(optuna.user_attributes, ids, "key")
    if keys:
        rows = rows.where(optuna.user_attributes.c.key.in_(keys))
    attributes: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, key, value in connection.execute(rows):
        attributes[trial_id][key] = stored_value(value)
    return attributes


def read_constraints(connection: Connection, ids: Select[Any]) -> defaultdict[int, dict[str, float]]:
    """Return the constraint values of these trials, by row and key; what is no number is left out."""
    constraints: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for trial_id, key, text in connection.execute(optuna.constraints_of(ids)):
        value = stored_value(text)
        if isinstance(value, int | float):
            constraints[trial_id][key.removeprefix(CONSTRAINT_PREFIX)] = value
    return constraints


def origin_of(study: str, number: int, retry_of: str | None) -> int:
    """Return the number of the first attempt at a trial.

    Args:
        study: the study's name.
        number: the trial's.
        retry_of: the attribute of this name as it is stored; None if there is none.

    Raises:
        UsageError: others changed the attribute, so that it is no number.
    """
    if retry_of is None:
        return number
    if re.fullmatch("[0-9]+", retry_of):
        return int(retry_of)
    raise UsageError(
        f"study {study!r}: trial {number} has {retry_of!r} as its attribute retry_of, which is none of ours; "
        "write the number of the first attempt at it there, or restore it from a backup"
    )


def stored_value(text: str) -> Any:
    """Return the value of an attribute; its text as it stands if that is no JSON, or nested too deep.

    Optuna writes only JSON, but other programs may write anything.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _param(value: float, distribution: str) -> Any:
    """Return a parameter as it was suggested: Optuna stores a choice by its index, an integer as a float."""
    kind = json.loads(distribution)
    if kind["name"] == "CategoricalDistribution":
        return kind["attributes"]["choices"][int(value)]
    return int(value) if kind["name"] == "IntDistribution" else value
