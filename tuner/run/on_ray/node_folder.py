"""The temporary folder of a driver's Ray node, for sockets and logs, and those that killed drivers left."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "tuner-"
_LOCK = "driver.lock"  # held while the driver lives, however it ends; a pid could be another container's
_NEW_SECONDS = 60  # a driver that has just made its lock may not hold it yet


@contextmanager
def node_folder(place: str | None) -> Iterator[Path]:
    """A folder for as long as the block runs; those of drivers that were killed are removed first.

    Args:
        place: the folder to make it in, or None for the system's temporary folder.
    """
    parent = Path(place or _temporary_folder())
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    with FileLock(folder / _LOCK):
        try:
            yield folder
        finally:
            _remove(folder)


def _temporary_folder() -> str:
    return tempfile.gettempdir() if sys.platform == "linux" else "/tmp"  # sockets need a short path


def _sweep(parent: Path) -> None:
    for lock in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(Timeout, OSError):  # it is in use, another user's, or already removed
            if time.time() - lock.stat().st_mtime >= _NEW_SECONDS:
                with FileLock(lock, timeout=0):
                    _remove(lock.parent)


def _remove(folder: Path) -> None:
    """Remove the folder. If a process of Ray still writes into it, its lock file stays for a later sweep."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _LOCK:
            path.unlink(missing_ok=True)
    if [path.name for path in folder.iterdir()] == [_LOCK]:
        shutil.rmtree(folder, ignore_errors=True)
