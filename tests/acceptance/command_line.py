"""The program in a process of its own, as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DR_TRIPLET = ROOT / "search_spaces" / "dr_triplet.yaml"
OWN_STUDY = """
keep: {checkpoint_seconds: 0}
study: own
trainable: mine:Mine
objectives: [{metric: score, direction: maximize}]
budget: {trials: 2, epochs: 2}
sampler: {name: random, seed: 0}
train: {x: {search: float, low: 0.0, high: 1.0}}
"""
"""A study of a trainer of the test's own, `Mine` in `mine.py` beside it."""


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what the tests themselves set for Ray."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "TUNE_", "TUNER_"))
    }
    return kept | changes


def tuner(*arguments: str | Path, folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m tuner …` in a folder until it ends."""
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(**changes),
        capture_output=True,
        text=True,
        check=False,
    )


def tuner_in_background(*arguments: str | Path, folder: Path, **changes: str) -> subprocess.Popen[str]:
    """Starts `python -m tuner …` in a folder; what it says goes to `said.txt` there."""
    with (folder / "said.txt").open("a") as said:
        return subprocess.Popen(
            command(*arguments), cwd=folder, env=environment(**changes), stdout=said, stderr=said, text=True
        )


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "tuner", *map(str, arguments)]


def contents_below(folder: Path) -> dict[Path, bytes]:
    """What the files below a folder hold; those that go meanwhile are left out."""
    found = {}
    for path in folder.rglob("*"):
        with suppress(OSError):
            if path.is_file():
                found[path] = path.read_bytes()
    return found


def wait_until(condition: Callable[[], Any], seconds: float = 120) -> Any:
    """What the condition gives once it is true; fails when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise TimeoutError("the condition did not come true")
