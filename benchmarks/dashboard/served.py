"""A dashboard in a process of its own: ours as a user starts it, and optuna-dashboard alone."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.memory import peak_gigabytes
from benchmarks.scheduling.ours import ROOT, clean_environment
from tuner.store.database import parse_url

OURS, THEIRS = "ours", "optuna-dashboard alone"


@dataclass(frozen=True)
class Served:
    """A dashboard that listens on a port of this machine."""

    port: int
    process: subprocess.Popen[str]

    def ask(self, path: str) -> tuple[float, bytes]:
        """Return the seconds until the whole answer was there, and its body as it was sent."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {response.status} {body[:200]!r}")
        return time.perf_counter() - began, body

    def cpu_seconds(self) -> float:
        """Return the CPU time that it has taken so far, of which other work on the machine changes little."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def gigabytes(self) -> float:
        """Return the peak of its memory so far."""
        return peak_gigabytes(self.process.pid)


@contextmanager
def serving(who: str, storage: str) -> Iterator[Served]:
    """A dashboard on a store, ended with the block; it has answered, but not about a study."""
    with tempfile.TemporaryDirectory() as folder, _free_port() as port:
        url = parse_url(storage).render_as_string(hide_password=False)  # which names the driver that there is
        options = ["--storage", url] if who == OURS else [url]
        program = [sys.executable, "-m", "tuner", "dashboard"]
        if who == THEIRS:
            program = [str(Path(sys.executable).with_name("optuna-dashboard")), "--server", "wsgiref"]
        environment = clean_environment() | {"PYTHONPATH": str(ROOT), "TUNER_RUNS": folder}
        with (Path(folder) / "printed.txt").open("w") as printed:
            process = subprocess.Popen(
                [*program, *options, "--port", str(port)],
                cwd=ROOT,
                env=environment,
                stdout=printed,
                stderr=printed,
                text=True,
            )
        try:
            served = Served(port, process)
            _wait(served)
            yield served
        finally:
            process.kill()
            process.wait()


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    yield port


def _wait(served: Served) -> None:
    while served.process.poll() is None:
        try:
            served.ask("/api/studies")
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the dashboard ended with {served.process.returncode}")
