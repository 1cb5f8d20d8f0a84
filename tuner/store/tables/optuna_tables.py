"""Optuna's own tables, as far as this program writes and reads them; Optuna makes them."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Float, Integer, MetaData, String, Table, Text, UniqueConstraint

_optuna = MetaData()


def _attribute_table(name: str, owner: str) -> Table:
    return Table(
        name,
        _optuna,
        Column(f"{name.removesuffix('s')}_id", Integer, primary_key=True),
        Column(owner, Integer),
        Column("key", String),
        Column("value_json", Text),
        UniqueConstraint(owner, "key"),
    )


trials = Table(
    "trials",
    _optuna,
    Column("trial_id", Integer, primary_key=True),
    Column("number", Integer),
    Column("study_id", Integer),
    Column("state", String),
    Column("datetime_start", DateTime),
    Column("datetime_complete", DateTime),
)
params = Table(
    "trial_params",
    _optuna,
    Column("param_id", Integer, primary_key=True),
    Column("trial_id", Integer),
    Column("param_name", String),
    Column("param_value", Float),
    Column("distribution_json", Text),
)
values = Table(
    "trial_values",
    _optuna,
    Column("trial_value_id", Integer, primary_key=True),
    Column("trial_id", Integer),
    Column("objective", Integer),
    Column("value", Float),
    Column("value_type", String),
)
intermediates = Table(
    "trial_intermediate_values",
    _optuna,
    Column("trial_intermediate_value_id", Integer, primary_key=True),
    Column("trial_id", Integer),
    Column("step", Integer),
    Column("intermediate_value", Float),
    Column("intermediate_value_type", String),
)
user_attributes = _attribute_table("trial_user_attributes", "trial_id")
system_attributes = _attribute_table("trial_system_attributes", "trial_id")
study_user_attributes = _attribute_table("study_user_attributes", "study_id")
study_system_attributes = _attribute_table("study_system_attributes", "study_id")
