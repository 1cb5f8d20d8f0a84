"""Our program on a study of sleeping trials: `python -m tuner launch`, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from benchmarks.scheduling.sleeper import METRIC

ROOT = Path(__file__).parents[2]
DEVICES = 4


def study(
    trials: int,
    seconds: float,
    spans: Path,
    *,
    devices: int = DEVICES,
    epochs: int = 1,
    sampler: str = "tpe",
) -> dict[str, Any]:
    """Return the study's file; so many trials share the cores of this machine, whatever their number.

    Args:
        trials: how many.
        seconds: how long each epoch sleeps.
        spans: where the sleepers note when.
        devices: how many trials run at once.
        epochs: of each trial.
        sampler: its name.
    """
    unit = {"search": "float", "low": 0.0, "high": 1.0}
    return {
        "study": "sleeping",
        "trainable": "benchmarks.scheduling.sleeper:Sleeper",
        "objectives": [{"metric": METRIC, "direction": "maximize"}],
        "budget": {"trials": trials, "epochs": epochs},
        "sampler": {"name": sampler, "seed": 0},
        "early_stopping": {"name": "none"},
        "resources": {"cpus": share_of_a_device(devices), "gpus": 0},
        "train": {"x": unit, "y": unit, "seconds": seconds, "spans": str(spans)},
    }


def share_of_a_device(devices: int = DEVICES) -> float:
    """The cores that each of so many devices has."""
    return (os.cpu_count() or 1) / devices


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


def wait(process: subprocess.Popen[str], folder: Path) -> float:
    """Wait for the end of a launch that is to meet its budget; return the seconds of CPU time of its driver.

    They count from the first trial on, without what Ray's own processes take.
    """
    seconds = driver_seconds(process, folder / "spans")
    if process.wait():
        raise RuntimeError(f"exit code {process.returncode}: {(folder / 'printed.txt').read_text()[-2000:]}")
    return seconds


def driver_seconds(process: subprocess.Popen[str], spans: Path) -> float:
    """Wait until the process ends; return its seconds of CPU time since a sleeper first noted something."""
    first = last = None
    while process.poll() is None:
        with suppress(psutil.Error):  # it has ended meanwhile
            times = psutil.Process(process.pid).cpu_times()
            if any(spans.iterdir()):
                last = times.user + times.system
                first = last if first is None else first
        time.sleep(0.2)
    return (last or 0.0) - (first or 0.0)


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
