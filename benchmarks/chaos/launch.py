"""One `python -m tuner launch`: its processes, and what it printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from signal import SIG_DFL, SIGHUP, SIGINT, SIGKILL, SIGTERM, Signals, signal

import psutil

from benchmarks.chaos.plan import Plan
from benchmarks.chaos.violation import Violation

ROOT = Path(__file__).parents[2]
HUNG_AFTER_SECONDS = 600  # a driver waits five minutes for its database
_EXITS = {SIGKILL: {-SIGKILL}} | {number: {128 + number, -number} for number in (SIGHUP, SIGINT, SIGTERM)}
_UNSTORED = ("is left out", "cannot be read in full")  # what a driver says of events that it cannot store
UNREACHABLE, CONFLICT = 4, 5
_TRIAL_ACTOR = ("ray::Actor", "ray::ResourceTrainable")  # between two calls, and in one of Ray Tune's


class Launch:
    """A driver of a plan's study, in a process of its own.

    Attributes:
        expected: the exit codes that what was done to it can explain.
        output_file: the file that has all it printed.
    """

    def __init__(self, plan: Plan, storage: str, folder: Path, number: int) -> None:
        """Starts it; the study's runs and Ray's logs will lie below the folder."""
        file = folder / "study.yaml"
        file.write_text(json.dumps(plan.config))  # JSON is YAML
        self.output_file = folder / f"output-{number}.txt"
        self.expected = {0}
        self._started = time.monotonic()
        command = [sys.executable, "-m", "tuner", "launch", str(file), *["--serial"] * (not plan.devices)]
        ray = folder / "ray"
        ray.mkdir(exist_ok=True)
        with self.output_file.open("w") as output:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(plan, storage, folder),
                stdout=output,
                stderr=output,
                preexec_fn=_heed_signals,  # noqa: PLW1509 - this process has one thread
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal that ended it, as Python has it."""
        return self._process.poll()

    def send(self, number: Signals) -> None:
        """Sends its driver a signal."""
        self.expected |= _EXITS[number]
        self._process.send_signal(number)

    def wait(self) -> None:
        """Returns when it has ended; if it does not within minutes, it hangs."""
        try:
            self._process.wait(HUNG_AFTER_SECONDS)
        except subprocess.TimeoutExpired:
            self.give_up()

    def give_up(self) -> None:
        """Ends it because it hangs: no exit code is right then."""
        self.kill()
        self.expected.clear()

    def kill(self) -> None:
        """Ends it at once, if it runs; its workers, and its Ray, end with it."""
        self._process.kill()
        self._process.wait()

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self._started

    def violations(self) -> list[Violation]:
        """What is wrong with how it ended: an exit code that nothing explains, a bare trace, a lost event."""
        output = self.output_file.read_text()
        last = (output.strip().splitlines() or ["nothing"])[-1]
        faults = []
        if self.exit_code not in self.expected:
            right = ", ".join(map(str, sorted(self.expected))) or "none, since it hung"
            faults.append(
                f"{self.output_file.name}: exit code {self.exit_code}, expected {right}; it printed: {last}"
            )
        if "Traceback" in output:
            faults.append(f"{self.output_file.name}: a bare trace, which ends: {last}")
        lost = [line for line in output.splitlines() if any(words in line for words in _UNSTORED)]
        return [
            *(Violation("endings", what) for what in faults),
            *(Violation("events", f"{self.output_file.name}: {line}") for line in lost),
        ]

    def workers(self) -> list[psutil.Process]:
        """The processes that train for it, where it runs on Ray."""
        try:
            below = psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [each for each in below if _trains(each)]


def _trains(process: psutil.Process) -> bool:
    try:
        return any(word.startswith(_TRIAL_ACTOR) for word in process.cmdline())
    except psutil.Error:  # it has ended meanwhile
        return False


def _heed_signals() -> None:
    """In the new process: started in the background of a shell, or by nohup, it would ignore these."""
    for number in (SIGINT, SIGHUP):
        signal(number, SIG_DFL)


def _environment(plan: Plan, storage: str, folder: Path) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "TUNE_", "TUNER_"))
    }
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "TUNER_STORAGE": storage,
        "TUNER_RUNS": str(folder / "runs"),
        "RAY_TMPDIR": str(folder / "ray"),
        "RAY_OVERRIDE_RESOURCES": json.dumps({"CPU": plan.devices}),  # whatever this machine has
        "RAY_worker_niceness": "0",  # else they starve beside the other work of this machine
    }
