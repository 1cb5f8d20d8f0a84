"""What the store has not been told yet, in files that outlive the driver: one an entry, in order."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tuner.study.event import Entry

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """An entry that waits to be told; `file` is None if it is kept in memory only."""

    entry: Entry
    file: Path | None


class Outbox:
    """A driver's entries from before they are told to the store until the store has them.

    A file is written beside, flushed to the disk and renamed, so it is whole or not there. It is removed once
    the store has it: after a fault an entry may be told twice, never not at all, and the store keeps it once.
    """

    def __init__(self, folder: Path | None, driver: str) -> None:
        """The outbox in this folder, which is made; without one, or if it cannot be, it is in memory."""
        self.folder = folder
        self._driver = driver
        self._lock = Lock()
        self._put = 0
        self._waiting = 0
        self._in_memory = 0
        self._failing = False
        if folder is not None:
            self._begin(folder)

    def __str__(self) -> str:
        """How many entries wait, and where."""
        results = "1 result waits" if self._waiting == 1 else f"{self._waiting or 'no'} results wait"
        if not self._waiting:
            return "no result waits"
        return f"{results} in {'memory' if self._in_memory else self.folder}"

    def put(self, entry: Entry) -> Kept:
        """Keeps an entry; when this returns it outlives the driver, unless the disk refuses it.

        What follows an entry that is in memory only stays there too: a trial whose driver is killed goes on
        from the last of its reports that has none missing before it.
        """
        file = None
        with self._lock:
            self._put += 1
            self._waiting += 1
            if self.folder is not None and not self._in_memory:
                file = self._write(self.folder / f"{self._put:08d}-{self._driver}.json", entry)
            self._in_memory += file is None
        return Kept(entry, file)

    def remove(self, kept: Kept) -> None:
        """Forgets an entry that the store has."""
        with self._lock:
            self._waiting -= 1
            self._in_memory -= kept.file is None
        if kept.file is not None:
            _unlink(kept.file)

    def left(self) -> Iterator[Kept]:
        """What earlier drivers left, each driver's in its order; what cannot be read is set aside."""
        for file in self._files():
            try:
                entry = Entry.from_json(file.read_text())
            except (OSError, ValueError) as error:
                self._set_aside(file, error)
            else:
                yield Kept(entry, file)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.json")) if self.folder else []

    def _set_aside(self, file: Path, error: Exception) -> None:
        aside = file.with_name(f"{file.name}.damaged")
        logger.warning("%s cannot be read, and is left as %s: %s", file, aside.name, error)
        with self._lock:
            self._waiting -= 1
        with suppress(OSError):  # then it is named again by the next driver
            file.replace(aside)

    def _begin(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _flush(folder.parent)
            for unfinished in folder.glob(".*.json"):
                _unlink(unfinished)
            self._waiting = len(self._files())
        except OSError as error:
            self._warn(error)

    def _write(self, file: Path, entry: Entry) -> Path | None:
        """The file that holds the entry now, or None if it could not be written."""
        beside = file.with_name(f".{file.name}")
        try:
            with beside.open("w") as stream:
                stream.write(entry.to_json())
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(file)
            _flush(file.parent)
        except OSError as error:
            self._warn(error)
            _unlink(beside)
            return None
        self._failing = False
        return file

    def _warn(self, error: OSError) -> None:
        if not self._failing:
            logger.warning(
                "results cannot be kept in %s: %s; they wait in memory until the database has them, "
                "and are lost if this process ends before; make room there",
                self.folder,
                error.strerror,
            )
        self._failing = True


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unlink(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:  # it is told again by the next driver, which changes nothing
        logger.warning("%s cannot be removed: %s", file, error.strerror)
