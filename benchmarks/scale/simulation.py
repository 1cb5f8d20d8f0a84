"""A simulated clock on which real decisions take the time that they take: one driver, many devices.

The driver is one server. Its main thread handles one result after another, as Ray Tune calls it. The sampler
has a thread of its own, but shares Python's lock with it: its time is taken from the same clock, and first.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any

from benchmarks.scale.training import training
from tuner.run.on_ray.actor import LONGEST_PAUSE_SECONDS, PAUSE_SECONDS
from tuner.run.on_ray.devices import Devices, Share
from tuner.run.on_ray.dispatching.dispatcher import Dispatcher
from tuner.run.on_ray.dispatching.one_study import OneStudy
from tuner.run.on_ray.dispatching.trial_source import TrialSource
from tuner.run.session import Session
from tuner.study.trial import Report, TrialSpec

DEVICES_A_NODE = 8


class SamplerThread(Executor):
    """Takes what is submitted, and runs it when it is told to."""

    def __init__(self) -> None:
        self._waiting = deque[tuple[Future[Any], Callable[[], Any]]]()

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Take a call."""
        future = Future[Any]()
        self._waiting.append((future, lambda: call(*arguments, **named)))
        return future

    def run_next(self) -> bool:
        """Run the call that has waited longest; return whether there was one."""
        if not self._waiting:
            return False
        future, call = self._waiting.popleft()
        future.set_result(call())
        return True


def simulated_devices(count: int) -> Devices:
    """Return so many devices, on nodes of eight."""
    nodes = {
        f"node{first // DEVICES_A_NODE}": {"CPU": float(min(DEVICES_A_NODE, count - first))}
        for first in range(0, count, DEVICES_A_NODE)
    }
    return Devices(lambda: nodes)


class Worker:
    """A worker's process as its driver sees it: a step takes time, and brings a report or asks for a trial.

    Attributes:
        spec: the trial that it runs.
        idle_since: since when it has trained nothing, by the simulated clock.
    """

    def __init__(self, index: int) -> None:
        self.name = f"worker{index}"
        node = f"node{index // DEVICES_A_NODE}"
        self.place = {"node": node, "node_id": node, "device": f"gpu:{index % DEVICES_A_NODE}"}
        self.spec: TrialSpec | None = None
        self.idle_since = 0.0
        self.begin(None, b"")

    def begin(self, spec: TrialSpec | None, train: bytes) -> None:  # noqa: ARG002
        """Run this trial from the next step on."""
        self.spec = spec
        self._reports: Iterator[tuple[float, Report]] | None = None if spec is None else training(spec)
        self._pause = 0.0

    def kill(self) -> None:
        """Never called: no trial hangs."""

    def step(self) -> tuple[float, Report | None]:
        """Return the seconds until the next result, and the report; None for it if no trial runs."""
        if self._reports is None:
            pause, self._pause = self._pause, min(2 * self._pause + PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
            return pause, None
        seconds, report = next(self._reports)
        if report.is_last:
            self._reports = None
        return seconds, report


class Simulation:
    """One study on simulated devices.

    Args:
        session: drives the study.
        devices: how many.
        turn_seconds: what Ray Tune takes for a result beside what we do.
        decided: called after each decision, with the simulated time.

    Attributes:
        now: the simulated clock, in seconds.
        spent: the driver's seconds by what it did: `sampler`, `ours`, `Ray Tune`.
        trained: seconds that devices trained, all together.
        waits: seconds of each device from the end of a trial to the beginning of the next.
        results: how many the driver has handled.
        late: the longest that a result waited for the driver.
    """

    def __init__(
        self, session: Session, devices: int, turn_seconds: float, decided: Callable[[float], None]
    ) -> None:
        self.now = 0.0
        self.spent = defaultdict[str, float](float)
        self.trained = 0.0
        self.waits: list[float] = []
        self.results = 0
        self.late = 0.0
        self._session = session
        self._turn_seconds = turn_seconds
        self._decided = decided
        self._sampler = SamplerThread()
        there = simulated_devices(devices)
        source = TrialSource(session, Share(1.0, 0.0), b"", there, self._sampler)
        self._dispatcher = Dispatcher(OneStudy(source), there)
        self._due: list[tuple[float, int, Worker, Report | None]] = []
        self._order = itertools.count()
        for index in range(devices):
            self._add(Worker(index))

    def run(self, real_seconds: float) -> None:
        """Run until a worker has nothing more to do, or for so many real seconds."""
        end = time.monotonic() + real_seconds
        while time.monotonic() < end:
            due, _, worker, report = heapq.heappop(self._due)
            self.late = max(self.late, self.now - due)
            self.now = max(self.now, due)
            if not self._handle(due, worker, report):
                return

    def trained_by_now(self) -> float:
        """Return the seconds that devices have trained, with what they do now."""
        running = (due - self.now for due, _, _, report in self._due if report is not None and due > self.now)
        return self.trained - sum(running)

    def _add(self, worker: Worker) -> None:
        if self._dispatcher.add(worker.name):
            self._dispatcher.started(worker.name, worker)
            self._step(worker)

    def _handle(self, due: float, worker: Worker, report: Report | None) -> bool:
        before = worker.spec
        began = time.perf_counter()
        if report is None:
            goes_on = self._dispatcher.asks(worker.name, worker.place)
        else:
            goes_on = self._dispatcher.reported(worker.name, report)
        self._session.tick()
        self._dispatcher.kill_overdue()
        self._pass("ours", time.perf_counter() - began)
        self._pass("Ray Tune", self._turn_seconds)
        self.results += 1
        if report is not None and (report.is_last or worker.spec is not before):
            worker.idle_since = due
        if worker.spec is not before and worker.spec is not None:
            self.waits.append(self.now - worker.idle_since)
        if goes_on:
            self._step(worker)
        self._run_sampler()
        self._decided(self.now)
        return goes_on

    def _run_sampler(self) -> None:
        began = time.perf_counter()
        while self._sampler.run_next():
            now = time.perf_counter()
            self._pass("sampler", now - began)
            began = now

    def _pass(self, what: str, seconds: float) -> None:
        self.spent[what] += seconds
        self.now += seconds

    def _step(self, worker: Worker) -> None:
        seconds, report = worker.step()
        self.trained += seconds if report is not None else 0.0
        heapq.heappush(self._due, (self.now + seconds, next(self._order), worker, report))
