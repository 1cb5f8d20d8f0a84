"""The temporary folder of a driver's Ray node, and those that killed drivers left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "tuner-"
_LOCK = "driver.lock"  # held while the driver lives, however it ends; a pid could be another container's


@contextmanager
def node_folder(place: str | None) -> Iterator[Path]:
    """A folder for as long as the block runs, in `place` or else where temporary files go.

    Those of drivers that were killed are removed first.
    """
    _sweep(Path(place or tempfile.gettempdir()))
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place, ignore_cleanup_errors=True) as folder,
        FileLock(Path(folder) / _LOCK),
    ):
        yield Path(folder)


def _sweep(place: Path) -> None:
    for lock in place.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(Timeout, OSError), FileLock(lock, timeout=0):  # it is in use, or another user's
            shutil.rmtree(lock.parent, ignore_errors=True)
