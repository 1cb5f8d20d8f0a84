"""Our program on a study of sleeping trials: `python -m tuner launch`, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.scheduling.sleeper import METRIC

ROOT = Path(__file__).parents[2]
DEVICES = 4


def study(trials: int, seconds: float, spans: Path) -> dict[str, Any]:
    """Return the study's file; four trials share the cores of this machine, whatever their number."""
    unit = {"search": "float", "low": 0.0, "high": 1.0}
    return {
        "study": "sleeping",
        "trainable": "benchmarks.scheduling.sleeper:Sleeper",
        "objectives": [{"metric": METRIC, "direction": "maximize"}],
        "budget": {"trials": trials, "epochs": 1},
        "sampler": {"name": "tpe", "seed": 0},
        "early_stopping": {"name": "none"},
        "resources": {"cpus": share_of_a_device(), "gpus": 0},
        "train": {"x": unit, "y": unit, "seconds": seconds, "spans": str(spans)},
    }


def share_of_a_device() -> float:
    """The cores that each of the devices has."""
    return (os.cpu_count() or 1) / DEVICES


@contextmanager
def launched(
    code: Path, storage: str, config: dict[str, Any], folder: Path
) -> Iterator[subprocess.Popen[str]]:
    """A launch by the code of a checkout, ended with the block; it prints to `printed.txt` in the folder."""
    file = folder / "study.yaml"
    file.write_text(json.dumps(config))  # JSON is YAML
    (folder / "ray").mkdir(exist_ok=True)
    # The sleeper is this checkout's, whichever program drives it.
    command = [sys.executable, "-m", "tuner", "launch", str(file), "--allow-code"]
    with (folder / "printed.txt").open("w") as printed:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(code, storage, folder),
            stdout=printed,
            stderr=printed,
            text=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait(process: subprocess.Popen[str], folder: Path) -> None:
    """Wait for the end of a launch that is to meet its budget."""
    if process.wait():
        raise RuntimeError(f"exit code {process.returncode}: {(folder / 'printed.txt').read_text()[-2000:]}")


def clean_environment() -> dict[str, str]:
    """This process's environment without what is set for Ray or for us."""
    prefixes = ("RAY_", "TUNE_", "TUNER_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def _environment(code: Path, storage: str, folder: Path) -> dict[str, str]:
    return clean_environment() | {
        "PYTHONPATH": os.pathsep.join([str(code), str(ROOT)]),
        "TUNER_STORAGE": storage,
        "TUNER_RUNS": str(folder / "runs"),
        "RAY_TMPDIR": str(folder / "ray"),
        "RAY_AUTH_MODE": "token",
    }
