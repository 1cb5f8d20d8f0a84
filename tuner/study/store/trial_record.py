"""A trial as the store has it, for everything that only reads.

It is read from Optuna's tables directly: importing Optuna and its migrations would take longer than all that
a `status` has to do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Row, text

_OF_STUDY = "JOIN trials t ON t.trial_id = x.trial_id WHERE t.study_id = :study_id"
_TRIALS = text(
    "SELECT trial_id, number, state, datetime_start, datetime_complete "
    "FROM trials WHERE study_id = :study_id ORDER BY number"
).columns(datetime_start=DateTime, datetime_complete=DateTime)
_PARAMS = text(
    "SELECT x.trial_id, x.param_name, x.param_value, x.distribution_json "
    f"FROM trial_params x {_OF_STUDY} ORDER BY x.param_id"
)
_VALUES = text(
    f"SELECT x.trial_id, x.objective, x.value FROM trial_values x {_OF_STUDY} ORDER BY x.objective"
)
_ATTRIBUTES = text(f"SELECT x.trial_id, x.key, x.value_json FROM trial_user_attributes x {_OF_STUDY}")


@dataclass(frozen=True)
class TrialRecord:
    """A trial as the store has it.

    Attributes:
        state: Optuna's word: COMPLETE, PRUNED (stopped), FAIL, RUNNING or WAITING.
        values: one a objective, in the study's order; empty unless COMPLETE.
        attributes: metrics by their names, device, seconds, reason, config, …
    """

    number: int
    state: str
    params: Mapping[str, Any]
    values: tuple[float, ...]
    attributes: Mapping[str, Any]
    started: datetime | None
    ended: datetime | None

    @property
    def is_ours(self) -> bool:
        """Whether a driver of ours asked for it; other programs may ask in the same study."""
        return "attempt" in self.attributes


def read_records(connection: Connection, study_id: int) -> list[TrialRecord]:
    """All trials of a study, by number."""
    only = {"study_id": study_id}
    trials = connection.execute(_TRIALS, only).all()
    params: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, name, value, distribution in connection.execute(_PARAMS, only):
        params[trial_id][name] = _param(value, distribution)
    values: defaultdict[int, list[float]] = defaultdict(list)
    for trial_id, _, value in connection.execute(_VALUES, only):
        values[trial_id].append(value)
    attributes: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, key, value in connection.execute(_ATTRIBUTES, only):
        attributes[trial_id][key] = json.loads(value)
    return [
        _record(row, params[row.trial_id], values[row.trial_id], attributes[row.trial_id]) for row in trials
    ]


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
    """A parameter as it was suggested: Optuna stores a choice by its index, and a whole number as a float."""
    kind = json.loads(distribution)
    if kind["name"] == "CategoricalDistribution":
        return kind["attributes"]["choices"][int(value)]
    return int(value) if kind["name"] == "IntDistribution" else value
