"""How the studies in the queue stand, as JSON can hold it: what runs, what waits, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formats.messages import counted
from tuner.store.lock import driver_purpose, held
from tuner.store.queue.queued_study import QueuedStudy, read_queue
from tuner.store.queue.service_row import ServiceRow, read_services
from tuner.store.reading.overview import Overview, read_overviews
from tuner.store.reading.reader import StudyStore

RUNNING = "running"
"""The word for a study that is driven now; the others are `State`'s."""

NO_SERVICE = "no service is there"


@dataclass(frozen=True)
class Standing:
    """A study in the queue, and what became of it so far.

    Attributes:
        row: its place.
        overview: its trials in numbers.
        state: `running` while a process drives it; else the row's.
        devices: how many of its trials the service says that it runs.
        why: why it waits, or how it ended; None if there is nothing to say.
    """

    row: QueuedStudy
    overview: Overview
    state: str
    devices: int
    why: str | None

    @property
    def data(self) -> dict[str, Any]:
        """What programs are told of it."""
        row, overview = self.row, self.overview
        return {
            "study": row.name,
            "state": self.state,
            "priority": row.priority,
            "max_devices": row.max_devices,
            "used": overview.used,
            "budget": overview.budget,
            "devices": self.devices,
            "submitted_by": row.submitted_by,
            "submitted_at": row.submitted_at.isoformat(),
            "git_commit": row.git_commit,
            "reason": self.why,
            "changed_at": row.changed_at.isoformat(),
        }


@dataclass(frozen=True)
class Queue:
    """The queue of a store at a moment.

    Attributes:
        services: those that were heard of lately, the one that drives studies first.
        standings: by falling priority; those that ended stand last, the latest first.
    """

    services: Sequence[ServiceRow]
    standings: Sequence[Standing]

    @property
    def leader(self) -> ServiceRow | None:
        """The service that drives studies."""
        return next((row for row in self.services if row.leads), None)

    @property
    def data(self) -> dict[str, Any]:
        """What programs are told of it."""
        services = [
            {
                "service": row.service,
                "process": row.holder,
                "seen_at": row.seen_at.isoformat(),
                "leads": row.leads,
                "devices": dict(row.devices),
                "running": dict(row.running),
            }
            for row in self.services
        ]
        return {"services": services, "studies": [each.data for each in self.standings]}


def read_queue_of(store: StudyStore, most_ended: int | None = None) -> Queue:
    """Look at the queue of a store.

    Args:
        store: has it.
        most_ended: return so many of those that ended, the last; None for all.
    """
    with store.engine.connect() as connection:
        services, rows = read_services(connection), read_queue(connection)
    driven = held(store.engine, [driver_purpose(row.study_id) for row in rows])
    is_driven = {row.study_id: driver_purpose(row.study_id) in driven for row in rows}
    live = [row for row in rows if row.state == "queued" or is_driven[row.study_id]]
    ended = sorted(
        (row for row in rows if row.state != "queued" and not is_driven[row.study_id]),
        key=lambda row: row.changed_at,
        reverse=True,
    )
    chosen = live + ended[:most_ended]
    wanted = {row.study_id for row in chosen}
    views = [view for view in store.studies() if view.study_id in wanted]
    overviews = {each.view.study_id: each for each in read_overviews(views)}
    running = _running(services)
    standings = [
        Standing(
            row,
            overviews[row.study_id],
            RUNNING if is_driven[row.study_id] else row.state,
            running.get(row.name, 0),
            row.reason if is_driven[row.study_id] else _why(row, services),
        )
        for row in chosen
        if row.study_id in overviews  # it may have been deleted meanwhile
    ]
    return Queue(services, standings)


def busy_line(row: ServiceRow) -> str:
    """Return how many devices of a service's cluster are busy; it knows those that its studies ask for.

    Devices of several kinds may share what they are made of, so they are not added up.
    """
    busy = sum(row.running.values())
    if len(row.devices) == 1:
        return f"{busy} of {next(iter(row.devices.values()))} devices busy"
    kinds = " or ".join(f"{count} with {kind}" for kind, count in row.devices.items())
    return f"{counted(busy, 'trial')} running" + (f", of {kinds} at once" if kinds else "")


def _running(services: Sequence[ServiceRow]) -> Mapping[str, int]:
    return next((row.running for row in services if row.leads), {})


def _why(row: QueuedStudy, services: Sequence[ServiceRow]) -> str | None:
    """Return why a study is not driven: it waits, or it has ended."""
    if row.state != "queued":
        return row.reason
    leader = next((each for each in services if each.leads), None)
    if leader is None:
        return "no service drives studies yet" if services else NO_SERVICE
    if row.reason:
        return row.reason
    full = 0 < max(leader.devices.values(), default=0) <= sum(leader.running.values())
    return f"no device is free: {busy_line(leader)}" if full else "the service takes it next"
