"""Whose tables stand in a database, and of which version; they are only looked at."""

from __future__ import annotations

import functools
from collections.abc import Collection
from enum import Enum
from typing import NamedTuple

from sqlalchemy import Engine, inspect, text

from tuner.errors import UsageError
from tuner.store.database import display_url
from tuner.store.tables import migrations, tuner_tables

VERSION = "v3.2.0.a"
"""The version of Optuna's tables that this code was tested with; of any other, Optuna is asked."""

_STORED_VERSION = text("SELECT version_num FROM alembic_version")
_MIGRATE = "run: python -m tuner migrate"


class Schema(Enum):
    """What a database holds: a description, and a hint what to do about it, if anything."""

    EMPTY = ("there are no tables", _MIGRATE)
    INCOMPLETE = ("tables are missing", _MIGRATE)
    OLDER = ("the tables are of an older version than this program's", _MIGRATE)
    NEWER = ("the tables are of a newer version than this program's", "update this program")
    FOREIGN = ("the tables are another program's", "name a database of its own for the studies")
    CURRENT = ("the tables are up to date", "")

    def __init__(self, description: str, hint: str) -> None:
        self.description = description
        self.hint = hint


def schema_of(engine: Engine) -> Schema:
    """What stands in the database.

    Raises:
        SQLAlchemyError: the database does not answer, or refuses.
    """
    with engine.connect() as connection:
        present = set(inspect(connection).get_table_names())
        if not present:
            return Schema.EMPTY
        # Optuna makes it among its first; an alembic_version alone could be of any program.
        if "version_info" not in present and not present <= _known().tables | set(
            tuner_tables.metadata.tables
        ):
            return Schema.FOREIGN
        optunas = connection.scalar(_STORED_VERSION) if "alembic_version" in present else None
        ours = migrations.version_of(connection, present)
    if optunas not in (None, VERSION) and optunas != _known().head:
        return Schema.OLDER if optunas in _known().versions else Schema.NEWER
    if optunas is None or ours is None:
        return Schema.INCOMPLETE
    if ours == migrations.VERSION:
        return Schema.CURRENT if present.issuperset(tuner_tables.metadata.tables) else Schema.INCOMPLETE
    return Schema.OLDER if ours < migrations.VERSION else Schema.NEWER


def refuse(schema: Schema, refused: Collection[Schema], engine: Engine) -> None:
    """Return unless the database's schema is one of those refused.

    Raises:
        UsageError: it is; the message says what to do.
    """
    if schema in refused:
        raise UsageError(f"the database {display_url(engine.url)}: {schema.description}; {schema.hint}")


class _Known(NamedTuple):
    tables: frozenset[str]
    versions: frozenset[str]
    head: str


@functools.cache
def _known() -> _Known:
    """What the installed Optuna would make."""
    from optuna.storages import RDBStorage  # noqa: PLC0415 - readers need not wait for it

    made = RDBStorage("sqlite://")
    try:
        names = frozenset(inspect(made.engine).get_table_names())
        return _Known(names, frozenset(made.get_all_versions()), made.get_head_version())
    finally:
        made.remove_session()
        made.engine.dispose()
