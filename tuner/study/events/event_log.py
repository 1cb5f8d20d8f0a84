"""A driver's events, numbered 1, 2, 3 …, in a file that outlives it until the store has them."""

from __future__ import annotations

import errno
import logging
import os
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Condition

from tuner.study.events.event import Event, from_json, to_json

logger = logging.getLogger(__name__)

COMPACT_BYTES = 1 << 22
"""A log of this size is emptied as soon as the store has all that is in it."""


class EventLog:
    """Events from the moment they happen until the store has them, in order.

    One thread appends and another applies. When `append` returns, the event outlives the process, unless the
    disk refuses it: then it waits in memory, and so does every later one until the store has them all, so
    that no event in the file ever has one missing before it.

    Args:
        file: where events are kept; without one they are in memory only.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._pending: deque[tuple[int, Event]] = deque()
        self._changed = Condition()
        self._last = 0
        self._in_memory = 0
        self._refused = False
        self._stream: int | None = None
        if file is not None:
            self._open(file)

    def __str__(self) -> str:
        count = len(self._pending)
        if not count:
            return "no result waits"
        where = "memory" if self._in_memory or self.file is None else self.file.parent
        return f"{count} {'result waits' if count == 1 else 'results wait'} in {where}"

    def __len__(self) -> int:
        return len(self._pending)

    def append(self, event: Event) -> None:
        """Add an event, which gets the next number."""
        with self._changed:
            number = self._last + 1
            if self._in_memory or not self._write(number, event):
                self._in_memory += 1
            self._last = number
            self._pending.append((number, event))
            self._changed.notify_all()

    def first(self, wait_seconds: float) -> tuple[int, Event] | None:
        """Return the first event that waits and its number; None if none comes within so many seconds."""
        with self._changed:
            if not self._pending and wait_seconds > 0:
                self._changed.wait(wait_seconds)
            return self._pending[0] if self._pending else None

    def applied(self) -> None:
        """Note that the store has the first event."""
        with self._changed:
            self._pending.popleft()
            if not self._pending:
                self._in_memory = 0
                self._compact()
            self._changed.notify_all()

    def wake(self) -> None:
        """End the wait of `first`."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_empty(self, wait_seconds: float) -> bool:
        """Return whether the store has everything, at the latest after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending, wait_seconds)

    def close(self) -> None:
        """Close the file, and remove it if the store has everything."""
        with self._changed:
            if self._stream is not None:
                os.close(self._stream)
                self._stream = None
            if self.file is not None and not self._pending:
                self.file.unlink(missing_ok=True)

    def _open(self, file: Path) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._stream = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            for folder in (file.parent, file.parent.parent):
                _flush(folder)
        except OSError as error:
            self._warn(error)

    def _write(self, number: int, event: Event) -> bool:
        """Whether the file has the event now, whole."""
        if self._stream is None:
            return False
        body = to_json(event).encode()
        line = b"%d %08x %b\n" % (number, zlib.crc32(body), body)
        size = None
        try:
            size = os.fstat(self._stream).st_size
            if os.write(self._stream, line) < len(line):
                self._warn(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
            else:
                os.fsync(self._stream)
                self._refused = False
                return True
        except OSError as error:
            self._warn(error)
        self._truncate(size)
        return False

    def _truncate(self, size: int | None) -> None:
        """Cut the file to this size; one that cannot be cut is written to no more."""
        assert self._stream is not None
        try:
            if size is not None:
                os.ftruncate(self._stream, size)
                return
        except OSError as error:
            self._warn(error)
        os.close(self._stream)
        self._stream = None

    def _compact(self) -> None:
        with suppress(OSError):  # it is compacted another time
            if self._stream is not None and os.fstat(self._stream).st_size > COMPACT_BYTES:
                self._truncate(0)

    def _warn(self, error: OSError) -> None:
        if not self._refused:
            logger.warning(
                "results cannot be written to %s: %s; they wait in memory until the database has them, "
                "and are lost if this process ends before; make room there",
                self.file,
                error.strerror,
            )
        self._refused = True


def read_log(file: Path) -> Iterator[tuple[int, Event | None]]:
    """Yield the events of a log with their numbers, in order; None in place of one that is damaged.

    A last line that its driver did not finish is left out: nobody has acted on it.
    """
    number = 0
    for line in file.read_bytes().split(b"\n")[:-1]:
        digits, _, rest = line.partition(b" ")
        checksum, _, body = rest.partition(b" ")
        # Which number a damaged event had follows from its place in the file.
        number += 1
        event = None
        with suppress(ValueError):
            if int(checksum, 16) == zlib.crc32(body):
                number, event = int(digits), from_json(body.decode())
        yield number, event


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
