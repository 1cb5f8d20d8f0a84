"""Times as databases give them back: SQLite without a zone, Postgres with one."""

from __future__ import annotations

from datetime import UTC, datetime


def as_utc(time: datetime) -> datetime:
    """Return a stored time with the zone in which all are written, UTC."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
