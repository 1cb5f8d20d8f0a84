"""The queue at a moment: a table for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import ConsoleRenderable

from formats.messages import counted
from tuner.results.fitted_table import FittedTable
from tuner.results.queue.standing import NO_SERVICE, Queue, Standing, busy_line, read_queue_of
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore
from tuner.terminal_text import one_line

ENDED_SHOWN = 10
"""How many of the studies that have ended are shown."""

_HEADS = ("study", "state", "priority", "most", "trials", "devices", "submitted", "why")
_WORDS = ("study", "state", "submitted", "why")


@dataclass(frozen=True)
class QueueSeen:
    """The queue, as it is shown.

    Attributes:
        data: for programs.
        parts: for people: a line on the service, a table.
        notes: studies whose config cannot be read, a line each.
    """

    data: dict[str, Any]
    parts: Sequence[str | ConsoleRenderable]
    notes: Sequence[str] = ()


def see_queue(store: StudyStore, settings: Settings, most_ended: int | None) -> QueueSeen:
    """Look at the queue.

    Args:
        store: has it.
        settings: name the store in commands.
        most_ended: show so many of those that have ended, the last; None for all.
    """
    queue = read_queue_of(store, most_ended)
    notes = [each.overview.unreadable for each in queue.standings if each.overview.unreadable]
    return QueueSeen(queue.data, [service_lines(queue, settings), _table(queue)], notes)


def service_lines(queue: Queue, settings: Settings) -> str:
    """Return which services are there, and what the one that leads has to do."""
    leader = queue.leader
    standby = [one_line(row.holder) for row in queue.services if row is not leader]
    if leader is None and not standby:
        return f"{NO_SERVICE}; start one with: {settings.command('serve')}"
    leads = "none leads yet" if leader is None else f"{one_line(leader.holder)} leads, {busy_line(leader)}"
    others = f"; {counted(len(standby), 'service')} on standby: {', '.join(standby)}" if standby else ""
    return f"service: {leads}{others}"


def _table(queue: Queue) -> FittedTable:
    return FittedTable("queue", _HEADS, [_row(each) for each in queue.standings], left=_WORDS)


def _row(each: Standing) -> list[str]:
    row, overview = each.row, each.overview
    return [
        row.name,
        each.state,
        str(row.priority),
        str(row.max_devices or ""),
        f"{overview.used}/{'unreadable' if overview.budget is None else overview.budget}",
        str(each.devices or ""),
        f"{one_line(row.submitted_by)}, {row.submitted_at:%Y-%m-%d %H:%M}",
        one_line(each.why) if each.why else "",
    ]
