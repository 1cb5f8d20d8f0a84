"""Optuna's own tables, as far as this program writes and reads them; Optuna makes them.

The first column of each is its primary key.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    Integer,
    Select,
    String,
    TableClause,
    column,
    select,
    table,
)


def _attributes(name: str, owner: str) -> TableClause:
    key = column(f"{name.removesuffix('s')}_id", Integer)
    return table(name, key, column(owner, Integer), column("key", String), column("value_json", String))


trials = table(
    "trials",
    *(column(name, Integer) for name in ("trial_id", "number", "study_id")),
    column("state", String),
    *(column(name, DateTime) for name in ("datetime_start", "datetime_complete")),
)
params = table(
    "trial_params",
    *(column(name, Integer) for name in ("param_id", "trial_id")),
    column("param_name", String),
    column("param_value", Float),
    column("distribution_json", String),
)
values = table(
    "trial_values",
    *(column(name, Integer) for name in ("trial_value_id", "trial_id", "objective")),
    column("value", Float),
    column("value_type", String),
)
intermediates = table(
    "trial_intermediate_values",
    *(column(name, Integer) for name in ("trial_intermediate_value_id", "trial_id", "step")),
    column("intermediate_value", Float),
    column("intermediate_value_type", String),
)
user_attributes = _attributes("trial_user_attributes", "trial_id")
system_attributes = _attributes("trial_system_attributes", "trial_id")
study_user_attributes = _attributes("study_user_attributes", "study_id")
study_system_attributes = _attributes("study_system_attributes", "study_id")


def trials_of(study_id: int, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select these columns of a study's trials; their rows' ids if none is named."""
    return select(*(columns or (trials.c.trial_id,))).where(trials.c.study_id == study_id)


def rows_of(table: TableClause, trial_ids: Select[Any], order: str | None = None) -> Select[Any]:
    """Select the rows of a table for these trials, without their own ids.

    They are in the order of this column, or in that in which they were written.
    """
    row_id, *columns = table.c
    of_trials = select(*columns).where(table.c.trial_id.in_(trial_ids))
    return of_trials.order_by(table.c[order] if order else row_id)
