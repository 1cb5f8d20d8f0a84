"""Shows where studies stand again and again: drawn anew in a terminal, block after block elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from rich.console import Console, ConsoleRenderable, Group
from rich.live import Live
from rich.text import Text

from tuner.errors import Unreachable
from tuner.output import reader_left, write_message, write_result
from tuner.results.status.seen import Seen
from tuner.terminal_text import printable


class Look(Protocol):
    """What was seen at a moment: as JSON can hold it, in texts and tables, and what is wrong, a line each."""

    @property
    def data(self) -> Any:
        """For programs."""

    @property
    def parts(self) -> Sequence[str | ConsoleRenderable]:
        """For people."""

    @property
    def notes(self) -> Sequence[str]:
        """Beside them."""


def watch(look: Callable[[], Look], every: float, *, as_json: bool) -> None:
    """Show what is seen until the process is interrupted, or nobody can read it any more.

    A database that goes away is told and waited for. In a terminal it is drawn anew each time; elsewhere it
    is written, in a block or as one line of JSON, each time that something has changed.

    Args:
        look: sees where studies stand.
        every: seconds between two looks.
        as_json: whether JSON is wanted.

    Raises:
        UsageError, Unreachable: at the first look; later only if a study is gone.
    """
    console = Console(file=sys.stdout)
    if as_json or not console.is_terminal or console.is_dumb_terminal:
        _write(look, every, as_json=as_json)
        return
    # Its redirections would lead what the console writes back to the console, for ever.
    with Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        for seen in _looks(look, every):
            parts = [Text(printable(part)) if isinstance(part, str) else part for part in seen.parts]
            live.update(Group(Text(_now()), *parts, *map(Text, seen.notes)), refresh=True)


def _write(look: Callable[[], Look], every: float, *, as_json: bool) -> None:
    """Write what is seen, each time that it has changed, until its reader has left."""
    before: Look | None = None
    for seen in _looks(look, every):
        if before is not None and (seen.data, seen.notes) == (before.data, before.notes):
            continue
        before = seen
        parts = [json.dumps(seen.data)] if as_json else [_now(), *seen.parts, ""]
        for note in seen.notes:
            write_message(note)
        if seen.parts and not all(write_result(part) for part in parts):
            return


def _looks(look: Callable[[], Look], every: float) -> Iterator[Look]:
    """Yield what is seen, again and again, until nobody can read stdout any more."""
    yield look()
    while not reader_left(every):
        try:
            yield look()
        except Unreachable as error:
            yield Seen([], [], [str(error)])


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
