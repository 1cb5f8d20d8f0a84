"""What a service says: a line each, as text for people or as JSON for programs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Literal, TextIO

from rich.console import Console

from tuner.terminal_text import printable

LogFormat = Literal["text", "json"]


class Log:
    """Writes lines, each with its time and the study that it is about.

    Args:
        file: where to.
        log_format: `text`, or `json` for an object a line with `at`, `study` and `message`.
    """

    def __init__(self, file: TextIO, log_format: LogFormat = "text") -> None:
        self._file = file
        self._format = log_format
        self._lock = Lock()

    def say(self, message: str, study: str | None = None) -> None:
        """Write a line; what it may hold of stored text does not act on a terminal."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        if self._format == "json":
            line = json.dumps({"at": at, "study": study, "message": message})
        else:
            line = printable(f"{at} {f'{study}: ' if study else ''}{message}")
        with self._lock:
            self._file.write(f"{line}\n")
            self._file.flush()


class LineConsole(Console):
    """A console for what is shown of a running study, each line of which goes to a log.

    Args:
        say: takes a line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(file=io.StringIO(), force_terminal=False)
        self._say = say

    def print(self, *objects: Any, **_: Any) -> None:  # noqa: D102 - rich's
        self._say(" ".join(str(each) for each in objects))
