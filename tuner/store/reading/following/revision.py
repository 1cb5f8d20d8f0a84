"""The revision of a database: whether anything at all has changed in it since it was asked for before."""

from __future__ import annotations

import threading

from sqlalchemy import Connection, Engine, text

_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS TEXT)")
_DATA_VERSION = text("PRAGMA data_version")


class Revision:
    """A word that is another one after any committed change, whoever made it.

    Postgres: what a statement sees follows from its snapshot, so two that are equal see the same. It is the
    whole server's: other databases change it too. SQLite tells one connection whether another has committed,
    so that one is kept for it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: Connection | None = None
        self._connections = 0
        self._lock = threading.Lock()

    def read(self) -> str:
        """Return the revision; what is read afterwards is of this one or a later one.

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        if self._engine.dialect.name == "postgresql":
            with self._engine.connect() as connection:
                return str(connection.scalar(_SNAPSHOT))
        with self._lock:
            if self._kept is None or self._kept.invalidated:
                self._kept = self._engine.connect()
                self._connections += 1
            version = self._kept.scalar(_DATA_VERSION)
            self._kept.rollback()
            return f"{self._connections}:{version}"
