"""What ran: the versions of the libraries, and the project's commit."""

from __future__ import annotations

import functools
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("metric-tuner", "torch", "torchvision", "optuna", "ray", "scikit-learn")


@functools.cache
def versions() -> dict[str, str]:
    """The installed version of each package that a result depends on; a missing one is left out."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@functools.cache
def git_commit() -> str | None:
    """The commit of the checkout this code runs from, `+` behind it if files differ; None elsewhere."""
    folder = Path(__file__).resolve().parent
    described = _git(folder, "rev-parse", "HEAD")
    if described is None:
        return None
    return described + ("+" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *words], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
