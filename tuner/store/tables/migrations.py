"""The version of the tables that stand beside Optuna's, and the steps from each version to the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, inspect, select, text

from tuner.store.tables import tuner_tables
from tuner.store.tables.cascade import forget_reports_of_none, make_cascade

VERSION = 5
"""1: `tuner_reports` alone. 2: `tuner_drivers` for the study attribute `driver`; `miner` for `mining`. 3:
`tuner_confirmations`, `tuner_confirmers`. 4: reports go with their trial. 5: `tuner_queue`, `tuner_services`.
"""

_MINED = (
    "SELECT {owner}, key, value_json FROM {table} "
    "WHERE key IN ('config', 'fixed_params') AND value_json LIKE '%mining\"%'"
)
_RENAME_PARAMS = text(
    "UPDATE trial_params SET param_name = SUBSTR(param_name, 1, LENGTH(param_name) - 6) || 'miner.name' "
    "WHERE param_name LIKE '%.mining'"
)
_FORGET_DRIVERS = text("DELETE FROM study_user_attributes WHERE key = 'driver'")


def version_of(connection: Connection, present: Collection[str]) -> int | None:
    """Return the version of the tables in a database that has the tables `present`; None without any."""
    if tuner_tables.schema_version.name in present:
        version: int | None = connection.scalar(select(func.max(tuner_tables.schema_version.c.version)))
        return version
    return 1 if tuner_tables.reports.name in present else None


def upgrade(engine: Engine) -> None:
    """Make what is missing, and go to the newest version, in one transaction."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python begins none before a table is made
        version = version_of(connection, inspect(connection).get_table_names())
        tuner_tables.metadata.create_all(connection)
        make_cascade(connection)
        for number in range(VERSION if version is None else version, VERSION):
            _STEPS[number + 1](connection)
        connection.execute(delete(tuner_tables.schema_version))
        connection.execute(insert(tuner_tables.schema_version), {"version": VERSION})


def _to_2(connection: Connection) -> None:
    connection.execute(_FORGET_DRIVERS)
    for table, owner in (("study_user_attributes", "study_id"), ("trial_system_attributes", "trial_id")):
        rows = connection.execute(text(_MINED.format(table=table, owner=owner))).all()
        for row in rows:
            changed = text(f"UPDATE {table} SET value_json = :value WHERE {owner} = :owner AND key = :key")
            value = json.dumps(_with_miners(json.loads(row.value_json)))
            connection.execute(changed, {"value": value, "owner": row[0], "key": row.key})
    connection.execute(_RENAME_PARAMS)


def _with_miners(value: Any) -> Any:
    """Return a config, or parameters by their paths, as this version writes them.

    What was `mining: hard` is `miner: {name: hard}`; the parameter `loss.mining` is `loss.miner.name`.
    """
    if isinstance(value, list):
        return [_with_miners(each) for each in value]
    if not isinstance(value, dict):
        return value
    renamed: dict[str, Any] = {}
    for key, each in value.items():
        if key == "mining":
            renamed["miner"] = {"name": each}
        elif key.endswith(".mining"):
            renamed[f"{key.removesuffix('mining')}miner.name"] = each
        else:
            renamed[key] = _with_miners(each)
    return renamed


def _nothing_more(_connection: Connection) -> None:
    """The tables that were missing are made."""


def _to_4(connection: Connection) -> None:
    forget_reports_of_none(connection)


_STEPS: dict[int, Callable[[Connection], None]] = {
    2: _to_2,
    3: _nothing_more,
    4: _to_4,
    5: _nothing_more,
}
