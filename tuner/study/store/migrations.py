"""The version of the tables that stand beside Optuna's, and the steps from each version to the next."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, Engine, delete, func, insert, inspect, select, text

from tuner.study.store import tables

VERSION = 2
"""1: `tuner_reports` alone. 2: `tuner_drivers`, in place of the study attribute `driver`."""

_FORGET_DRIVERS = text("DELETE FROM study_user_attributes WHERE key = 'driver'")


def version_of(connection: Connection, present: Collection[str]) -> int | None:
    """Return the version of the tables in a database that has the tables `present`; None without any."""
    if tables.schema_version.name in present:
        version: int | None = connection.scalar(select(func.max(tables.schema_version.c.version)))
        return version
    return 1 if tables.reports.name in present else None


def upgrade(engine: Engine) -> None:
    """Make what is missing, and go to the newest version, in one transaction."""
    with engine.begin() as connection:
        version = version_of(connection, inspect(connection).get_table_names())
        tables.metadata.create_all(connection)
        for number in range(VERSION if version is None else version, VERSION):
            _STEPS[number + 1](connection)
        connection.execute(delete(tables.schema_version))
        connection.execute(insert(tables.schema_version), {"version": VERSION})


def _to_2(connection: Connection) -> None:
    connection.execute(_FORGET_DRIVERS)


_STEPS: dict[int, Callable[[Connection], None]] = {2: _to_2}
