"""A service and its studies as processes: started, killed, and what the store says of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from tests.acceptance.command_line import ROOT, command, environment, tuner, wait_until
from tuner.store.queue.queued_study import QueuedStudy, read_queue
from tuner.store.queue.service_row import ServiceRow, read_services
from tuner.store.reading.reader import StudyStore
from tuner.study.trial_record import TrialRecord

TRAINER = """
import os, time
from tuner.own_trainer import Run


class Mine:
    metrics = ("score",)

    def train(self, config, run: Run):
        for epoch in range(run.epochs):
            time.sleep(config.get("seconds", 0.1))
            if config.get("raises"):
                raise ValueError("it cannot train")
            yield {"score": config["x"] * (epoch + 1)}
"""
STUDY = """
study: {name}
trainable: mine:Mine
objectives: [{{metric: score, direction: maximize}}]
budget: {{trials: {trials}, epochs: 3, failures: 3}}
sampler: {{name: random, seed: 0}}
keep: {{checkpoint_seconds: 0}}
train: {{seconds: {seconds}, raises: {raises}, x: {{search: float, low: 0.0, high: 1.0}}}}
"""


class Served:
    """A folder with a trainer and studies, and a store whose services drive them.

    Args:
        folder: where programs run.
        url: the store's.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self._changes = {"TUNER_STORAGE": url, "TUNER_RUNS": str(folder / "runs"), "PYTHONPATH": str(ROOT)}
        (folder / "mine.py").write_text(TRAINER)

    def submit(
        self,
        name: str,
        *options: str,
        trials: int = 6,
        seconds: float = 0.1,
        raises: bool = False,
    ) -> None:
        """Submit a study."""
        file = self.folder / f"{name}.yaml"
        file.write_text(STUDY.format(name=name, trials=trials, seconds=seconds, raises=str(raises).lower()))
        self.tuner("submit", str(file), "--allow-code", *options)

    def tuner(self, *words: str) -> str:
        """Run a verb to its end; return what it printed."""
        done = tuner(*words, folder=self.folder, **self._changes)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self, *, allow_code: bool = True) -> Iterator[subprocess.Popen[bytes]]:
        """A service, ended with the block if it has not ended before."""
        with (self.folder / "service.txt").open("ab") as said:
            process = subprocess.Popen(
                command("serve", *["--allow-code"] * allow_code),
                cwd=self.folder,
                env=environment(**self._changes),
                stdout=said,
                stderr=said,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    @property
    def said(self) -> str:
        """What services said."""
        return (self.folder / "service.txt").read_text()

    def queue(self) -> dict[str, QueuedStudy]:
        """The studies in the queue, by name."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            queued = {each.name: each for each in read_queue(connection)}
        engine.dispose()
        return queued

    def services(self) -> list[ServiceRow]:
        """The services that are there."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            rows = read_services(connection)
        engine.dispose()
        return rows

    def leader(self) -> int | None:
        """The process id of the service that drives the queue."""
        leads = [int(row.holder.split()[1]) for row in self.services() if row.leads]
        return leads[0] if leads else None

    def records(self, name: str) -> list[TrialRecord]:
        """The trials of a study."""
        store = StudyStore.open(self.url)
        records = store.load(name).records()
        store.engine.dispose()
        return records

    def completed(self, *names: str) -> int:
        """How many trials of these studies have completed."""
        return sum(record.state == "COMPLETE" for name in names for record in self.records(name))

    def wait_for(self, *names: str, state: str = "completed") -> None:
        """Wait until these studies are in this state."""
        wait_until(lambda: {self.queue()[name].state for name in names} == {state}, seconds=180)
