"""Gives each worker its next trial, and passes on what the workers report."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Protocol

from tuner.run.on_ray.devices import Devices
from tuner.run.on_ray.retry_placement import RetryPlacement
from tuner.run.session import Session
from tuner.study.trial import Report, TrialSpec

_LOOK_SECONDS = 0.5


class Process(Protocol):
    """A worker's process on its device."""

    def begin(self, spec: TrialSpec | None) -> None:
        """Let it run this trial from its next step on, in place of the one that it runs; None for none."""

    def kill(self) -> None:
        """End it by force."""


@dataclass
class _Worker:
    process: Process | None = None  # none until a device is there for it
    place: Mapping[str, str] = field(default_factory=dict)
    spec: TrialSpec | None = None


class Dispatcher:
    """The workers of a study, one a device, and the trials that they run.

    Devices come and go while a study runs, and are counted again and again. With several of them one trial is
    asked for ahead, on a thread of its own, so that none waits for the sampler; with one device each trial is
    asked for after the one before it was told, as the serial runner does it.

    Args:
        session: the driver's.
        devices: those of the cluster.
        asker: asks for trials; its thread has ended before the session does.
    """

    def __init__(self, session: Session, devices: Devices, asker: Executor) -> None:
        self._session = session
        self._devices = devices
        self._asker = asker
        self._workers: dict[str, _Worker] = {}
        self._placement = RetryPlacement(devices.on_another_node)
        self._next: Future[TrialSpec | None] | None = None
        self._looked = float("-inf")

    @property
    def count(self) -> int:
        """How many workers there are, or wait for a device."""
        return len(self._workers)

    def add(self, name: str) -> bool:
        """Add a worker of this name; return False if there are enough.

        Without any device one worker waits for the first that comes.
        """
        devices = self._devices.count
        self._session.progress.sees(devices)
        useful = min(max(devices, 1), self._session.study.remaining)
        if self._session.halted or self.count >= useful or self._nothing_waits:
            return False
        self._workers[name] = _Worker()
        return True

    def started(self, name: str, process: Process) -> None:
        """Note that a worker has its device."""
        self._workers[name].process = process

    def asks(self, name: str, place: Mapping[str, str]) -> bool:
        """Give a worker that runs nothing its next trial, if that is known yet.

        Returns:
            False if the worker should end.
        """
        worker = self._workers.get(name)
        if worker is None:
            return False
        worker.place = place
        self._end(worker, lost="its worker did not get it")
        return self._serve(worker)

    def reported(self, name: str, report: Report | None) -> bool:
        """Pass on the report of a worker's trial; after the last one give the worker its next trial.

        Args:
            name: the worker's.
            report: None if the trial ended without a last report.

        Returns:
            False if the worker should end.
        """
        worker = self._workers.get(name)
        if worker is None or worker.spec is None:
            return False
        if report is not None and not self._session.reported(worker.spec, report):
            return True
        self._end(worker)
        if worker.process is not None and report is not None and not report.is_last:
            worker.process.begin(None)  # what comes next may not be known yet
        return self._serve(worker)

    def ended(self, name: str, lost: str | None = None) -> None:
        """Note that a worker has ended, and why it was lost if it was."""
        worker = self._workers.pop(name, None)
        if worker is None:
            return
        if lost is not None and not worker.place:  # else one that cannot start would be started for ever
            worker.spec = self._take("")
        self._end(worker, lost)

    def end_all(self) -> bool:
        """Note that Ray Tune has ended every worker; return whether trials were dropped, or wait for one."""
        workers, self._workers = self._workers, {}
        dropped = [worker for worker in workers.values() if worker.spec is not None]
        for worker in dropped:
            self._end(worker, lost="Ray Tune dropped it")
        return bool(dropped or self._placement.waiting)

    def kill_overdue(self) -> None:
        """End the workers whose trials take too long, by force; and so their devices are free.

        May be called with every result: it looks through all trials, but not more often than is of use.
        """
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        overdue = self._session.overdue()
        for worker in self._workers.values() if overdue else ():
            if worker.spec in overdue and worker.process is not None:
                worker.process.kill()

    @property
    def _nothing_waits(self) -> bool:
        asked = self._next
        return not self._placement.waiting and asked is not None and asked.done() and asked.result() is None

    def _serve(self, worker: _Worker) -> bool:
        if self._session.halted or worker.process is None:
            return False
        spec = self._take(worker.place["node_id"])
        if spec is None:
            return not self._nothing_waits
        worker.spec = spec
        self._session.started(spec)
        self._session.began(spec)
        self._session.placed(spec, worker.place)
        worker.process.begin(spec)
        return True

    def _take(self, node_id: str) -> TrialSpec | None:
        """The next trial for a worker of this node; None if it is not known yet, or there will be none."""
        alone = self._devices.count <= 1
        while (spec := self._placement.take(node_id)) is None:
            if self._next is None:
                self._next = self._asker.submit(self._session.ask)
            if not (self._next.done() or alone):
                return None
            asked = self._next.result()
            if asked is None:  # kept until a trial ends: only that can make room for another
                return self._placement.take_any()
            self._placement.add(asked)
            self._next = None
        if self._next is None and not alone:
            self._next = self._asker.submit(self._session.ask)
        return spec

    def _end(self, worker: _Worker, lost: str | None = None) -> None:
        if worker.spec is None:
            return
        self._session.ended(worker.spec, lost=lost)
        worker.spec = None
        asked = self._next
        if asked is not None and not (asked.done() and asked.result()):
            # That there is no further trial may have been answered before this one was queued again.
            self._next = self._asker.submit(lambda: asked.result() or self._session.ask())
