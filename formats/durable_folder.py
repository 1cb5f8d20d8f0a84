"""Writes new folders whole: whenever the writer dies, a folder's name leads to nothing or to all of it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from formats.durable_file import sync_folder


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give the block a folder to fill beside the path, and the path to that folder when the block ends well.

    Folders above the path are made if need be. A writer that is killed leaves what it had, under a hidden
    name.

    Args:
        path: leads to nothing, or to an empty folder, which is replaced.

    Raises:
        OSError: the path leads to something else, or to the current folder; the disk is full or broken.
            What the block raises is raised as it is; in both cases nothing new stands under the path.
    """
    path = path.absolute()
    require_free(path)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(new)
    new.mkdir()
    try:
        yield new
        _sync(new)
        new.rename(path)
        sync_folder(path.parent)
    finally:
        _remove(new)


def require_free(path: Path) -> None:
    """Look whether a new folder can be made under the path.

    Raises:
        OSError: it leads to something that would have to be removed.
    """
    if path.exists() and path.samefile(Path.cwd()):
        raise FileExistsError(errno.EEXIST, "it is the current folder", str(path))
    if path.is_dir() and not path.is_symlink():
        if any(path.iterdir()):
            raise OSError(errno.ENOTEMPTY, "it is not empty", str(path))
    elif path.exists() or path.is_symlink():
        raise FileExistsError(errno.EEXIST, "it exists, and is no folder", str(path))


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _sync(folder: Path) -> None:
    """Bring a folder with all below it onto the disk."""
    for entry in folder.iterdir():
        if entry.is_dir():
            _sync(entry)
        else:
            with entry.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)
