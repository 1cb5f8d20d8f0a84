"""A service whose trials sleep on simulated devices; its queue, its studies and their writers are real."""

from __future__ import annotations

import argparse
import heapq
import io
import itertools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Engine

from benchmarks.memory import peak_gigabytes
from benchmarks.scheduling.sleeper import METRIC
from tuner.config.study_config import StudyConfig
from tuner.run.on_ray.devices import Devices
from tuner.run.on_ray.dispatching.dispatcher import Dispatcher
from tuner.run.service.log import Log
from tuner.run.service.metrics import ServiceMetrics
from tuner.run.service.queue_follower import QueueFollower
from tuner.run.service.service import Service
from tuner.run.service.surroundings import Surroundings
from tuner.run.signals import StopSignal
from tuner.settings import Settings
from tuner.store.create_study import create_or_load
from tuner.store.queue.leadership import leading
from tuner.store.queue.queue_writer import QueueOptions, submit
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store
from tuner.study.trial import Report, Span, TrialSpec

EPOCHS = 10
HEAD = (
    "store",
    "studies at once",
    "devices",
    "trials a second",
    "devices busy",
    "events a second",
    "CPU",
    "memory at the peak",
    "threads",
)


@dataclass
class SleepingWorker:
    """A worker whose trials sleep."""

    spec: TrialSpec | None = None
    epoch: int = 0
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def begin(self, spec: TrialSpec | None, train: bytes) -> None:  # noqa: ARG002
        """Begin a trial, or none."""
        self.spec, self.epoch, self.began = spec, 0, datetime.now(UTC)

    def kill(self) -> None:
        """Nothing: what it runs is forgotten."""

    def report(self) -> Report | None:
        """Return what it says next; None if it runs nothing."""
        if self.spec is None:
            return None
        self.epoch += 1
        value = {METRIC: float(self.spec.config["x"])}
        span = Span(self.began, (datetime.now(UTC) - self.began).total_seconds())
        result = value if self.epoch == EPOCHS else None
        facts = {"node": "node", "node_id": "node", "device": "cpu:0"} if self.epoch == 1 else {}
        return Report(self.epoch, value, result=result, span=span, facts=facts)


class SimulatedWorkers:
    """In place of Ray Tune: workers that sleep, on a real clock.

    Args:
        epoch_seconds: how long an epoch of a trial takes.

    Attributes:
        reports: how many were handed on.
        trials: how many have ended.
        trained: seconds that devices trained, all together.
    """

    def __init__(self, epoch_seconds: float) -> None:
        self.reports = self.trials = 0
        self.trained = 0.0
        self._epoch_seconds = epoch_seconds
        self._names = itertools.count()

    def work(self, dispatcher: Dispatcher, _folder: Path) -> None:
        """Do what Ray Tune does, until no worker is left."""
        due: list[tuple[float, int, SleepingWorker]] = []
        while not dispatcher.studies.halted:
            while dispatcher.add(name := str(next(self._names))) is not None:
                worker = SleepingWorker()
                dispatcher.started(name, worker)
                heapq.heappush(due, (time.monotonic(), int(name), worker))
            if not due:
                return
            wait = min(max(0.0, due[0][0] - time.monotonic()), 0.05)
            time.sleep(wait)
            dispatcher.studies.tick()
            while due and due[0][0] <= time.monotonic():
                _, number, worker = heapq.heappop(due)
                if self._step(dispatcher, str(number), worker):
                    heapq.heappush(due, (self._next(worker), number, worker))
                else:
                    dispatcher.ended(str(number))

    def _step(self, dispatcher: Dispatcher, name: str, worker: SleepingWorker) -> bool:
        report = worker.report()
        if report is None:
            return dispatcher.asks(name, {"node": "node", "node_id": "node", "device": "cpu:0"})
        self.reports += 1
        self.trained += self._epoch_seconds
        self.trials += report.is_last
        return dispatcher.reported(name, report)

    def _next(self, worker: SleepingWorker) -> float:
        return time.monotonic() + (self._epoch_seconds if worker.spec is not None else 0.05)


def measured(url: str, folder: Path, options: argparse.Namespace) -> list[str]:
    """Return the cells of a row: what a service of so many studies took."""

    engine = make_store(url, [METRIC])
    _fill(engine, options.studies)
    store, stop = StudyStore(engine.url, engine), StopSignal()
    settings = Settings(url, folder, None)
    devices = Devices(lambda: {"node": {"CPU": float(options.devices)}})
    workers = SimulatedWorkers(options.epoch_seconds)
    process = psutil.Process()
    with ThreadPoolExecutor(8) as askers, ThreadPoolExecutor(8) as openers:
        around = Surroundings(
            store,
            settings,
            True,
            devices,
            askers,
            openers,
            ServiceMetrics(),
            Log(io.StringIO()),
        )
        service = Service(around, stop, options.studies, lambda *_: None, workers.work)
        row = lambda: service.row("benchmark", "this process", leads=True)  # noqa: E731
        with leading(engine, row, lambda: False, lambda _line: None) as leadership:
            assert leadership is not None
            follower = QueueFollower(leadership, row, lambda _line: None)
            with follower.following():
                thread = threading.Thread(target=service.run, args=(follower, folder))
                thread.start()
                while len([each for each in service.studies.values() if each.source]) < options.studies:
                    time.sleep(0.1)
                before = (time.monotonic(), workers.trials, workers.reports, workers.trained, _cpu(process))
                time.sleep(options.seconds)
                after = (time.monotonic(), workers.trials, workers.reports, workers.trained, _cpu(process))
                threads = process.num_threads()
                stop.note(15)
                thread.join()
    seconds, trials, reports, trained, cpu = (b - a for a, b in zip(before, after, strict=True))
    return [
        str(options.studies),
        str(options.devices),
        f"{trials / seconds:.1f}",
        f"{trained / seconds / options.devices:.0%}",
        f"{(reports + 3 * trials) / seconds:.0f}",
        f"{cpu / seconds:.0%} of a core",
        f"{peak_gigabytes():.2f} GB",
        str(threads),
    ]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _fill(engine: Engine, studies: int) -> None:

    for number in range(studies):
        data = {
            "study": f"study-{number}",
            "trainable": "benchmarks.scheduling.sleeper:Sleeper",
            "objectives": [{"metric": "score", "direction": "maximize"}],
            "budget": {"trials": 10_000, "epochs": EPOCHS},
            "sampler": {"name": "tpe"},
            "train": {name: {"search": "float", "low": 0.0, "high": 1.0} for name in ("x", "y", "z")},
        }
        view = create_or_load(engine, StudyConfig.from_json(json.dumps(data)))
        submit(engine, view.study_id, QueueOptions(priority=10))
