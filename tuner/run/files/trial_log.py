"""A training's log: what it writes to its standard streams, and how each attempt at it began and ended."""

from __future__ import annotations

import io
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

LOG = "log.txt"

_LEAST_FREE_BYTES = 2**20  # with less, a training that prints would fail for its log


class TrialLog:
    """`log.txt` in the folder of a training, which its attempts share; a context that closes it.

    A log that cannot be written costs what it would hold, and no trial.

    Args:
        folder: the training's; made if need be.
        shares_process: whether the driver's own output comes from this process too. Then what the training's
            thread writes through Python goes to the log, and to stderr, where a debugger may ask. Else all
            that the process writes goes to the log alone, C code and the trace of a crash included.
    """

    def __init__(self, folder: str, *, shares_process: bool) -> None:
        self._shares_process = shares_process
        self._file: TextIO | None = None
        with suppress(OSError):
            Path(folder).mkdir(parents=True, exist_ok=True)
            path = Path(folder) / LOG
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        with warnings.catch_warnings():
            pass  # a warning that an earlier trial of this process has shown is shown again

    def __enter__(self) -> TrialLog:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def note(self, text: str) -> None:
        """Write a line with the time before it."""
        if self._file is not None:
            with suppress(OSError):
                self._file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}\n")

    @contextmanager
    def capturing(self) -> Iterator[None]:
        """Lead what is written to stdout and stderr into the log while the block runs."""
        if self._file is None or not _has_room(self._file):
            yield
        elif self._shares_process:
            both = _OfThread(self._file, sys.stderr)
            with redirect_stdout(both), redirect_stderr(both):
                yield
        else:
            with _redirected(self._file.fileno(), 1), _redirected(self._file.fileno(), 2):
                yield


class _OfThread(io.TextIOBase):
    """A stream that writes to a log, too, what the thread writes that made it."""

    def __init__(self, log: TextIO, stream: TextIO | None) -> None:
        self._log = log
        self._stream = stream
        self._thread = threading.get_ident()

    def write(self, text: str) -> int:
        """Write the text; to the log while that is open."""
        if threading.get_ident() == self._thread:
            with suppress(OSError, ValueError):
                self._log.write(text)
        if self._stream is not None:
            with suppress(OSError, ValueError):
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream beside the log."""
        if self._stream is not None:
            with suppress(OSError, ValueError):
                self._stream.flush()

    def isatty(self) -> bool:
        """Tell whether a person reads it in a terminal."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the stream beside the log."""
        if self._stream is None:
            raise OSError("stderr is closed")
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream beside the log."""
        return getattr(self._stream, "encoding", None) or "utf-8"


@contextmanager
def _redirected(target: int, descriptor: int) -> Iterator[None]:
    """Lead a descriptor of this process to another file while the block runs."""
    _flush()
    saved = os.dup(descriptor)
    os.dup2(target, descriptor)
    try:
        yield
    finally:
        _flush()
        os.dup2(saved, descriptor)
        os.close(saved)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()


def _has_room(file: TextIO) -> bool:
    status = os.fstatvfs(file.fileno())
    return status.f_bavail * status.f_frsize > _LEAST_FREE_BYTES
