"""Ends the sessions of a service that leads and has fallen silent, so that another can lead at once.

A machine that loses its network closes no connection: the server would keep its locks for a minute.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from tuner.store.queue.service_row import ServiceRow, forget_service, read_leaders

SILENT_LOOKS = 7
"""How many looks in a row, a second apart, a service says nothing until it counts as dead."""

_GAP_SECONDS = 3.0  # after so long without a look nothing is known: this process was away, or the database
_END = text(
    "SELECT count(pg_terminate_backend(pid, 1000)) FROM pg_stat_activity "
    "WHERE application_name = :name AND datname = current_database() AND usename = current_user"
)


def name_sessions(engine: Engine, service: str) -> None:
    """Let the server know each session of this engine, made from here on, as one of this service."""
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "connect")
    def name(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('application_name', %s, false)", (_name(service),))
        connection.commit()


class SilentLeader:
    """Watches the service that leads, for one that stands by.

    It judges by whether something new is said, not by what time it is there: clocks differ. Every write of a
    driver is fenced, so one that was only slow finds that it leads no longer, and has spoiled nothing.
    """

    def __init__(self) -> None:
        self._heard: dict[str, datetime] = {}
        self._looks = 0
        self._looked = float("-inf")

    def look(self, connection: Connection) -> ServiceRow | None:
        """Return the leader whose sessions were ended, as it was silent for too long; else None.

        To be called once a second, in a transaction.
        """
        if connection.dialect.name != "postgresql":  # a file's lock ends with its process, on one machine
            return None
        leaders = read_leaders(connection)
        heard = {row.service: row.seen_at for row in leaders}
        now = time.monotonic()
        is_silent = bool(heard) and heard == self._heard and now - self._looked < _GAP_SECONDS
        self._looks = self._looks + 1 if is_silent else 0
        self._heard, self._looked = heard, now
        if self._looks < SILENT_LOOKS:
            return None
        self._looks = 0
        for row in leaders:
            connection.execute(_END, {"name": _name(row.service)})
            forget_service(connection, row.service)
        return max(leaders, key=lambda row: row.seen_at)


def _name(service: str) -> str:
    return f"tuner {service}"
