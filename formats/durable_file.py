"""Replaces files whole: whenever the writer dies, their names lead to the old content or the new."""

import errno
import os
import shutil
from pathlib import Path

_NO_HARD_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}
_NO_FOLDER_SYNC = {errno.EINVAL, errno.EBADF, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP}


def before(path: Path) -> Path:
    """The file in which `replace_file` keeps what `path` held before."""
    return path.with_name(f"{path.stem}.before{path.suffix}")


def replace_file(path: Path, content: bytes, *, keep_before: bool = False) -> None:
    """Put the content into a file, all or nothing; on return it is on the disk.

    Args:
        path: the file; its folder exists.
        content: all that the file will hold.
        keep_before: whether what it held stays, as `before(path)`, which is replaced whole as well.

    Raises:
        OSError: the disk is full or broken; the file holds what it held.
    """
    new, old = (path.with_name(f".{name}.{os.getpid()}") for name in (path.name, before(path).name))
    try:
        _write(new, content)
        if keep_before and path.exists():
            _duplicate(path, old)
            old.replace(before(path))
        new.replace(path)
        sync_folder(path.parent)
    finally:
        new.unlink(missing_ok=True)
        old.unlink(missing_ok=True)  # a rename leaves it where both names are one file already


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _duplicate(path: Path, duplicate: Path) -> None:
    """Give the file a second name; where the file system has no hard links, copy it."""
    duplicate.unlink(missing_ok=True)  # left by a killed writer with the same process id
    try:
        duplicate.hardlink_to(path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        shutil.copyfile(path, duplicate)
        with duplicate.open("rb") as file:
            os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Let the new names survive a loss of power, on file systems that can sync a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)
