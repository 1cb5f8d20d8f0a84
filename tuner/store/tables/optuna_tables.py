"""Optuna's own tables, as far as this program writes and reads them; Optuna makes them.

The first column of each is its primary key.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, TableClause

from tuner.store.optuna_internals import CONSTRAINT_PREFIX


def _columns(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.ColumnClause[Any]]:
    return [sa.column(name, kind) for name in names]


def _attributes(name: str, owner: str) -> TableClause:
    ids = _columns(sa.Integer, f"{name.removesuffix('s')}_id", owner)
    return sa.table(name, *ids, *_columns(sa.String, "key", "value_json"))


trials = sa.table(
    "trials",
    *_columns(sa.Integer, "trial_id", "number", "study_id"),
    sa.column("state", sa.String),
    *_columns(sa.DateTime, "datetime_start", "datetime_complete"),
)
params = sa.table(
    "trial_params",
    *_columns(sa.Integer, "param_id", "trial_id"),
    sa.column("param_name", sa.String),
    sa.column("param_value", sa.Float),
    sa.column("distribution_json", sa.String),
)
values = sa.table(
    "trial_values",
    *_columns(sa.Integer, "trial_value_id", "trial_id", "objective"),
    sa.column("value", sa.Float),
    sa.column("value_type", sa.String),
)
intermediates = sa.table(
    "trial_intermediate_values",
    *_columns(sa.Integer, "trial_intermediate_value_id", "trial_id", "step"),
    sa.column("intermediate_value", sa.Float),
    sa.column("intermediate_value_type", sa.String),
)
user_attributes = _attributes("trial_user_attributes", "trial_id")
system_attributes = _attributes("trial_system_attributes", "trial_id")
study_user_attributes = _attributes("study_user_attributes", "study_id")
study_system_attributes = _attributes("study_system_attributes", "study_id")


def trials_of(study_ids: int | Collection[int], *columns: sa.ColumnElement[Any]) -> Select[Any]:
    """Select these columns of a study's trials, or of several studies'; their rows' ids if none is named."""
    selected = sa.select(*(columns or (trials.c.trial_id,)))
    if isinstance(study_ids, int):
        return selected.where(trials.c.study_id == study_ids)
    # Written into the statement: a database takes only so many parameters.
    listed = sa.bindparam("studies", sorted(study_ids), sa.Integer, expanding=True, literal_execute=True)
    return selected.where(trials.c.study_id.in_(listed))


def rows_of(table: TableClause, trial_ids: Select[Any], order: str | None = None) -> Select[Any]:
    """Select the rows of a table for these trials, without their own ids.

    They are in the order of this column, or in that in which they were written.
    """
    row_id, *columns = table.c
    of_trials = sa.select(*columns).where(table.c.trial_id.in_(trial_ids))
    return of_trials.order_by(table.c[order] if order else row_id)


def constraints_of(trial_ids: Select[Any]) -> Select[Any]:
    """Select the values of these trials' constraints, as JSON, under the keys of their attributes."""
    _, _, key, _ = system_attributes.c
    of_trials = rows_of(system_attributes, trial_ids)
    return of_trials.where(key.startswith(CONSTRAINT_PREFIX, autoescape=True))


def attributes_of(table: TableClause, owner: int) -> Select[Any]:
    """Select the keys of all attributes of a trial or a study, and their values as JSON."""
    _, owner_id, key, value = table.c
    return sa.select(key, value).where(owner_id == owner)
