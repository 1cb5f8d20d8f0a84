"""What a service says: a line each, as text for people or as JSON for programs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Literal, TextIO

from rich.console import Console

from tuner.terminal_text import printable

LogFormat = Literal["text", "json"]

_STUDY: ContextVar[str | None] = ContextVar("study", default=None)


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


class LoggedLines(logging.Handler):
    """Says what the program's modules log, so that it too has its time and its study.

    Args:
        log: takes it.
    """

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:  # noqa: D102 - logging's
        self._log.say(record.getMessage(), _STUDY.get())

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Take what is logged while the block runs."""
        logger = logging.getLogger("tuner")
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)


@contextmanager
def about(study: str) -> Iterator[None]:
    """Let what this thread logs while the block runs be about a study."""
    token = _STUDY.set(study)
    try:
        yield
    finally:
        _STUDY.reset(token)


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
