"""What ran: the versions of the libraries, the project's commit, the driver's process."""

from __future__ import annotations

import functools
import os
import platform
import socket
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("metric-tuner", "torch", "torchvision", "optuna", "ray", "scikit-learn")

_HERE = Path(__file__).resolve().parent


@functools.cache
def versions() -> dict[str, str]:
    """The installed version of each package that a result depends on; a missing one is left out."""
    installed = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            installed[package] = version(package)
        except PackageNotFoundError:
            continue
    return installed


@functools.cache
def git_commit(folder: Path = _HERE) -> str | None:
    """The commit of the checkout that has a folder, this code's unless given; None outside of one.

    A `+` behind it says that tracked files differ.
    """
    described = _git(folder, "rev-parse", "HEAD")
    if described is None:
        return None
    return described + ("+" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")


def this_process() -> str:
    """This process, its machine and since when it drives, for who finds a study driven by it."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return f"process {os.getpid()} on {socket.gethostname()} since {since}"


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *words], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
