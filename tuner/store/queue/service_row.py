"""The services of a store: which are there, which of them drives studies, and what its devices do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from tuner.store.tables.tuner_tables import services
from tuner.store.times import as_utc

SEEN_SECONDS = 15
"""After how many seconds of silence a service counts as gone."""

_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class ServiceRow:
    """A service, as it last said.

    Attributes:
        service: a word that tells it from others.
        holder: its process, for people.
        seen_at: when it said so, UTC.
        leads: whether it drives studies; others wait for its end.
        devices: how many trials its cluster can run at once, by kind ("1 CPU and 0 GPUs").
        running: how many trials of each study run, by the study's name.
    """

    service: str
    holder: str
    seen_at: datetime
    leads: bool = False
    devices: Mapping[str, int] = field(default_factory=dict)
    running: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_there(self) -> bool:
        """Whether it was heard of lately."""
        return datetime.now(UTC) - self.seen_at < timedelta(seconds=SEEN_SECONDS)


def note_service(connection: Connection, row: ServiceRow) -> None:
    """Replace what is known of a service; one that was silent for a day is forgotten."""
    gone = services.c.seen_at < datetime.now(UTC) - _FORGOTTEN
    connection.execute(delete(services).where((services.c.service == row.service) | gone))
    status = {"leads": row.leads, "devices": dict(row.devices), "running": dict(row.running)}
    values = {"service": row.service, "holder": row.holder, "seen_at": row.seen_at, "status": status}
    connection.execute(insert(services).values(**values))


def forget_service(connection: Connection, service: str) -> None:
    """Forget a service that ends."""
    connection.execute(delete(services).where(services.c.service == service))


def read_services(connection: Connection) -> list[ServiceRow]:
    """Return the services that were heard of lately, the one that drives studies first."""
    rows = [_service_row(row._mapping) for row in connection.execute(select(services))]
    return sorted((row for row in rows if row.is_there), key=lambda row: (not row.leads, row.service))


def read_leaders(connection: Connection) -> list[ServiceRow]:
    """Return the services that said last that they drive studies, however long ago."""
    rows = [_service_row(row._mapping) for row in connection.execute(select(services))]
    return [row for row in rows if row.leads]


def _service_row(stored: Mapping[Any, Any]) -> ServiceRow:
    status = stored["status"]
    return ServiceRow(
        service=stored["service"],
        holder=stored["holder"],
        seen_at=as_utc(stored["seen_at"]),
        leads=bool(status.get("leads")),
        devices=status.get("devices", {}),
        running=status.get("running", {}),
    )
