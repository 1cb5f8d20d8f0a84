"""The dashboard in a process of its own, on a free port, and a study for it to show."""

from __future__ import annotations

import base64
import http.client
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.acceptance.command_line import tuner_in_background, wait_until
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.study.trial import Report, TrialSpec

STUDY = "toy"
COMPLETE, STOPPED, FAILED = 6, 2, 1


def fill(storage: str, folder: Path) -> None:
    """Runs a study of the toy: trials 2 and 3 are stopped at what would beat all others, trial 4 fails."""

    def train(spec: TrialSpec) -> Iterator[Report]:
        if spec.number in (2, 3):
            yield Report(1, {"score": 9.0, "cost": -9.0}, stopped="it was too good to be true")
        elif spec.number == 4:
            raise RuntimeError("the trainer broke")
        else:
            yield from toy.train(spec)

    launched = launch_toy(toy_config(trials=COMPLETE + STOPPED), storage, folder, train=train)
    states = [record.state for record in launched.study.records()]
    assert [states.count(state) for state in ("COMPLETE", "PRUNED", "FAIL")] == [COMPLETE, STOPPED, FAILED]


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Served:
    """A running dashboard."""

    process: subprocess.Popen[str]
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text()

    @property
    def url(self) -> str:
        """Where it listens, once it says so."""
        wait_until(lambda: "http://" in self.said or self.process.poll() is not None)
        found = re.search(r"http://[^/\s]+", self.said)
        assert found, self.said
        return found[0]

    @property
    def page(self) -> str:
        """Where the study's front is, once it says so."""
        wait_until(lambda: "the Pareto front is at" in self.said or self.process.poll() is not None)
        found = re.search(r"the Pareto front is at (\S+)", self.said)
        assert found, self.said
        return found[1]

    def ask(
        self, path: str = "/api/studies", method: str = "GET", body: str | None = None, **headers: str
    ) -> Answer:
        """What it answers; underscores in the headers' names stand for hyphens."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            return Answer(response.status, text, dict(response.getheaders()))
        finally:
            connection.close()


@contextmanager
def serving(*arguments: str | Path, folder: Path, **changes: str) -> Iterator[Served]:
    """`python -m tuner dashboard …` until the block is left, whatever happens in it."""
    process = tuner_in_background("dashboard", *arguments, "--port", "0", folder=folder, **changes)
    try:
        yield Served(process, folder)
    finally:
        process.kill()
        process.wait()


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()
