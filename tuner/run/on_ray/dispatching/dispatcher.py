"""Gives each worker its next trial, and passes on what the workers report."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from tuner.run.on_ray.devices import Devices, Share
from tuner.run.on_ray.dispatching.studies import Studies
from tuner.run.on_ray.dispatching.trial_source import TrialSource
from tuner.study.trial import Report, TrialSpec

_LOOK_SECONDS = 0.5
WAIT_SECONDS = 15.0
"""After how long people are told that no device is free; a worker takes some seconds to start."""


class Process(Protocol):
    """A worker's process on its device."""

    def begin(self, spec: TrialSpec | None, train: bytes) -> None:
        """Let it run this trial from its next step on, in place of the one that it runs; None for none."""

    def kill(self) -> None:
        """End it by force."""


@dataclass
class _Worker:
    share: Share
    process: Process | None = None  # none until a device is there for it
    place: Mapping[str, str] = field(default_factory=dict)
    source: TrialSource | None = None
    spec: TrialSpec | None = None
    is_parked: bool = False  # no study that it could serve may use its node


class Dispatcher:
    """The workers of a cluster, one a device, and the trials that they run.

    Devices come and go meanwhile. A worker serves every study whose trials get the share of a node that it
    has; it ends where a study that comes before has use for its place.

    Args:
        studies: whose trials run.
        devices: those of the cluster.
    """

    def __init__(self, studies: Studies, devices: Devices) -> None:
        self.studies = studies
        self._devices = devices
        self._workers: dict[str, _Worker] = {}
        self._looked = float("-inf")
        self._waits_since: float | None = None

    @property
    def count(self) -> int:
        """How many workers there are, or wait for a device."""
        return len(self._workers)

    def add(self, name: str) -> Share | None:
        """Add a worker of this name; return the share that it is for, or None if there are enough.

        Without any device for a kind of trials one worker waits for the first that comes.
        """
        if self.studies.halted:
            return None
        there = Counter(worker.share for worker in self._workers.values())
        parked = Counter(worker.share for worker in self._workers.values() if worker.is_parked)
        for source in self.studies.in_turn():
            share = source.share
            source.session.progress.sees(self._devices.count(share))
            if there[share] - parked[share] < self._useful(share) and self._has_room(share, there):
                self._workers[name] = _Worker(share)
                return share
        return None

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
        if worker is None or worker.spec is None or worker.source is None:
            return False
        goes_on = False
        with self._calling(worker.source):
            goes_on = report is not None and not worker.source.session.reported(worker.spec, report)
        if goes_on:
            return True
        self._end(worker)
        if worker.process is not None and report is not None and not report.is_last:
            worker.process.begin(None, b"")  # what comes next may not be known yet
        return self._serve(worker)

    def ended(self, name: str, lost: str | None = None) -> None:
        """Note that a worker has ended, and why it was lost if it was."""
        worker = self._workers.pop(name, None)
        if worker is None:
            return
        if lost is not None and not worker.place:  # else one that cannot start would be started for ever
            self._take(worker)
        self._end(worker, lost)

    def end_all(self) -> bool:
        """Note that Ray Tune has ended every worker; return whether trials were dropped, or wait for one."""
        workers, self._workers = self._workers, {}
        dropped = [worker for worker in workers.values() if worker.spec is not None]
        for worker in dropped:
            self._end(worker, lost="Ray Tune dropped it")
        return bool(dropped or any(source.has_dropped for source in self.studies.all()))

    def kill_overdue(self) -> None:
        """End the workers whose trials take too long, by force; and so their devices are free.

        May be called with every result: it does not look more often than is of use.
        """
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        self._tell_waiting()
        for source in self.studies.all():
            if overdue := source.session.overdue():
                self._kill(worker for worker in self._of(source) if worker.spec in overdue)

    def _tell_waiting(self) -> None:
        """Say once that no device is free, if that is so for a while: others have them all."""
        if not self._workers or any(worker.process is not None for worker in self._workers.values()):
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = time.monotonic()
        elif time.monotonic() - self._waits_since >= WAIT_SECONDS:
            self._waits_since = float("inf")
            for source in self.studies.in_turn():
                source.session.progress.says(f"waits for {source.share} of a node: none is free")

    def drop(self, source: TrialSource) -> None:
        """End, by force, the workers that run trials of a study which is no longer driven."""
        workers = list(self._of(source))
        for worker in workers:
            worker.spec = worker.source = None
        self._kill(workers)

    def _of(self, source: TrialSource) -> Iterator[_Worker]:
        return (worker for worker in list(self._workers.values()) if worker.source is source)

    @staticmethod
    def _kill(workers: Iterable[_Worker]) -> None:
        for worker in workers:
            if worker.process is not None:
                worker.process.kill()

    def _useful(self, share: Share) -> int:
        """How many workers of this share the studies have use for."""
        return sum(source.demand for source in self.studies.all() if source.share == share)

    def _has_room(self, share: Share, there: Mapping[Share, int], without: _Worker | None = None) -> bool:
        """Whether there can be another worker of this share, or one may wait for a device."""
        if not there.get(share) and not self._devices.count(share):
            return True
        if without is None and set(there) <= {share}:  # the others need not be placed one by one
            return there.get(share, 0) < self._devices.count(share)
        others = (worker for worker in self._workers.values() if worker is not without)
        placed = [(worker.place.get("node_id"), worker.share) for worker in others]
        return self._devices.have_room(share, placed)

    def _serve(self, worker: _Worker) -> bool:
        if self.studies.halted or worker.process is None:
            return False
        worker.is_parked = True
        for source in self.studies.in_turn():
            if source.share != worker.share and self._needs_place_of(worker, source):
                return False
            if source.share == worker.share and self._take(worker, source):
                return True
        return any(source.share == worker.share for source in self.studies.in_turn())

    def _needs_place_of(self, worker: _Worker, source: TrialSource) -> bool:
        """Whether a study of another share has use for the place of a worker, and no other place."""
        there = Counter(each.share for each in self._workers.values())
        alike = [each for each in self._workers.values() if each.share == source.share]
        waits = any(each.spec is None and not each.is_parked for each in alike)
        if waits or self._has_room(source.share, there):
            return False
        return self._has_room(source.share, there, without=worker)

    def _take(self, worker: _Worker, source: TrialSource | None = None) -> bool:
        """Give the worker a trial of this study, or of any that it can serve; say whether there was one."""
        sources = [source] if source else [each for each in self.studies.all() if each.share == worker.share]
        node_id = worker.place.get("node_id", "")
        for each in sources:
            with self._calling(each):
                if each.allows(node_id):
                    worker.is_parked = False
                    worker.spec = each.take(node_id)
            if worker.spec is not None:
                self._begin(worker, each, worker.spec)
                return True
        return False

    def _begin(self, worker: _Worker, source: TrialSource, spec: TrialSpec) -> None:
        worker.source = source
        self.studies.begins(source, spec)
        if worker.place and worker.process is not None:
            with self._calling(source):
                source.begins(spec, worker.place)
            worker.process.begin(spec, source.train)

    def _end(self, worker: _Worker, lost: str | None = None) -> None:
        source, spec = worker.source, worker.spec
        worker.source = worker.spec = None
        if source is not None and spec is not None:
            self.studies.ends(source, spec)
            with self._calling(source):
                source.ended(spec, lost)

    @contextmanager
    def _calling(self, source: TrialSource) -> Iterator[None]:
        """Keep what a study raises from the others."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - which stops the study, and is told
            self.studies.broke(source, error)
