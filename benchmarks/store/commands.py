"""Seconds until a command of the program has ended, on a study of many trials whose budget is met."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.filled_store import STATES
from benchmarks.markdown import Aim, Figure

ROOT = Path(__file__).parents[2]
STUDY = "filled"
AIMS = {"launch": Aim(2.0), "status STUDY": Aim(1.0), "status": Aim(1.0)}
_IMPORT = "import tuner.run.trainable, tuner.run.launch, tuner.results.front"


@dataclass(frozen=True)
class Seconds:
    """How long a process took: by the clock, and on its cores."""

    wall: float
    cpu: float


def fill(code: Path, storage: str, trials: int) -> None:
    """Fill a store by the code of a checkout, whose tables may be others than ours."""
    command = ["-m", "benchmarks.filled_store", storage, "--trials", str(trials), "--study", STUDY]
    _run(code, command, code, {})


def measure(code: Path, storage: str, trials: int, folder: Path, rounds: int) -> dict[str, Seconds]:
    """Return the median seconds of each command.

    Args:
        code: the checkout whose program is run.
        storage: the URL of a filled store.
        trials: how many trials its study has.
        folder: where it is run.
        rounds: how often.
    """
    space = code / "search_spaces" / "dr_triplet.yaml"
    done = sum(STATES[number % len(STATES)] != "FAIL" for number in range(trials))
    commands = {
        "launch": ["launch", str(space), f"study={STUDY}", f"budget.trials={done}"],
        "status STUDY": ["status", STUDY],
        "status": ["status"],
    }
    lines = {name: ["-m", "tuner", *words] for name, words in commands.items()}
    lines["import"] = ["-c", _IMPORT]
    environment = {"TUNER_STORAGE": storage, "TUNER_RUNS": str(folder / "runs")}
    taken: dict[str, list[Seconds]] = {name: [] for name in lines}
    for _ in range(rounds):
        for name, command in lines.items():
            taken[name].append(_run(code, command, folder, environment))
    return {
        name: Seconds(median(each.wall for each in times), median(each.cpu for each in times))
        for name, times in taken.items()
    }


def figures(trials: int, now: Mapping[str, Seconds], before: Mapping[str, Seconds]) -> list[Figure]:
    """Return rows for the clock's seconds, with those on the cores beside."""
    return [
        Figure(
            f"s of {name}, {trials:,} trials",
            seconds.wall,
            before[name].wall if name in before else None,
            AIMS.get(name),
            f"on the cores {seconds.cpu:.2f}"
            + (f", before {before[name].cpu:.2f}" if name in before else ""),
        )
        for name, seconds in now.items()
    ]


def _run(code: Path, command: list[str], folder: Path, environment: Mapping[str, str]) -> Seconds:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "TUNER_"))}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**inherited, **environment, "PYTHONPATH": str(code)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{command}: exit code {done.returncode}: {done.stderr[-2000:]}")
    return Seconds(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
