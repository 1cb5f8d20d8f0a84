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
        """Write a message.

        What it may hold of stored text does not act on a terminal. As text, each line of a message has the
        time and the study, so that none can be taken for another's.
        """
        at = datetime.now(UTC).isoformat(timespec="seconds")
        if self._format == "json":
            lines = [json.dumps({"at": at, "study": study, "message": message})]
        else:
            head = f"{at} {f'{study}: ' if study else ''}"
            lines = [_one_line(head + line) for line in message.splitlines() or [""]]
        with self._lock:
            self._file.write("".join(f"{line}\n" for line in lines))
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


def _one_line(text: str) -> str:
    return printable(text).replace("\n", "\\n")
