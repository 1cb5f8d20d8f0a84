"""Drives all queued studies of a store at once, on the devices of one cluster."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tuner.run.on_ray.dispatching.dispatcher import Dispatcher
from tuner.run.on_ray.runner import run_workers
from tuner.run.service.counting import numbers_of
from tuner.run.service.driven_study import DrivenStudy, Ending
from tuner.run.service.queue_follower import QueueFollower
from tuner.run.service.queue_notes import QueueNotes
from tuner.run.service.shared_devices import SharedDevices
from tuner.run.service.surroundings import Surroundings
from tuner.run.signals import StopSignal
from tuner.store.queue.queued_study import QueuedStudy
from tuner.store.queue.service_row import ServiceRow

_TICK_SECONDS = 0.25
AGAIN_SECONDS = 5.0
"""After how long a study that could not be driven is tried again."""


class Service:
    """The studies that this process drives, and their devices.

    Args:
        around: what the studies have in common.
        stop: tells the service to end.
        most: the most studies that are driven at once.
        ended: told of each study that has ended: its name, its state, and why.
        work: starts workers where they are of use, until none is.
    """

    def __init__(
        self,
        around: Surroundings,
        stop: StopSignal,
        most: int,
        ended: Callable[[str, str, str | None], None],
        work: Callable[[Dispatcher, Path], None] = run_workers,
    ) -> None:
        self.studies: dict[int, DrivenStudy] = {}
        self.devices = SharedDevices(self._tick, self._broke)
        self._around = around
        self._stop = stop
        self._most = most
        self._ended = ended
        self._work = work
        self._dispatcher = Dispatcher(self.devices, around.devices)
        self._queue: Sequence[QueuedStudy] = ()
        self._follower: QueueFollower | None = None
        self._again: dict[int, float] = {}
        self._notes = QueueNotes(around.store)
        self._ticked = 0.0

    def run(self, follower: QueueFollower, folder: Path) -> None:
        """Drive what is queued until the service is stopped or leads no longer.

        Args:
            follower: knows the queue.
            folder: for what Ray Tune writes.
        """
        self._follower = follower
        with self._notes.writing():
            while not self.devices.halted:
                self._tick()
                if self.devices.in_turn():
                    self._work(self._dispatcher, folder)
                    if not self.devices.halted:  # else what ran goes on later, and has lost nothing
                        self._dispatcher.end_all()
                else:
                    time.sleep(_TICK_SECONDS)
            self._hand_back()

    def _hand_back(self) -> None:
        """End every study as it is; each goes on from there when it is driven again."""
        for study in list(self.studies.values()):
            study.stop.note(self._stop.received or signal.SIGTERM)
        while self.studies:
            self._advance()
            time.sleep(0.05)

    def row(self, service: str, holder: str, *, leads: bool) -> ServiceRow:
        """Return what is said of this service."""
        sources = {study.queued.name: study.source for study in list(self.studies.values())}
        driven = {study: source for study, source in sources.items() if source is not None}
        count = self._around.devices.count
        devices = {str(source.share): count(source.share) for source in driven.values()}
        running = {study: len(source.running) for study, source in driven.items()}
        return ServiceRow(service, holder, datetime.now(UTC), leads, devices, running)

    def _tick(self) -> None:
        for source in self.devices.all():
            source.session.tick()
        if time.monotonic() - self._ticked < _TICK_SECONDS:
            return
        self._ticked = time.monotonic()
        follower = self._follower
        assert follower is not None
        self.devices.halted = bool(self._stop.received or follower.lost)
        if self.devices.halted:
            return
        self._around.questions.go_on()
        self._queue = follower.queued
        self._take_in(follower.looked)
        self._show()
        self._advance()

    def _show(self) -> None:
        away = self._follower.away_since if self._follower else None
        away_seconds = 0.0 if away is None else time.monotonic() - away
        driven = list(self.studies.values())
        numbers = numbers_of(driven, len(self._queue), self._around.devices, away_seconds)
        self._around.metrics.show(numbers)

    def _take_in(self, looked: float) -> None:
        """Begin with what is queued, and end what is no longer.

        Args:
            looked: when the queue was looked at; what ended after that may still be in it.
        """
        queued = {each.study_id: each for each in self._queue}
        for study_id, study in self.studies.items():
            now = queued.get(study_id)
            if now is None:
                study.stop.ask()
            elif study.source is not None:
                study.source.most = now.max_devices
                self.devices.shares.join(study_id, now.priority)
        waiting = [each for each in self._queue if each.study_id not in self.studies]
        for each in waiting:
            if len(self.studies) >= self._most:
                self._notes.waits(each, f"waits: {self._most} studies are driven, as many as may be")
            elif looked >= self._again.get(each.study_id, 0.0):
                self.studies[each.study_id] = DrivenStudy(each, self._around)

    def _advance(self) -> None:
        """Give devices to studies that have begun, and take them from those that have no use for them."""
        known = {id(source) for source in self.devices.all()}
        for study_id, study in list(self.studies.items()):
            if study.is_busy:
                continue
            if study.ending is not None:
                self._close(study_id, study, study.ending)
            elif study.source is not None and id(study.source) not in known and not study.is_over:
                self.devices.add(study_id, study.source, study.queued.priority)
                self._notes.waits(study.queued, None)
            elif study.is_over:
                source = self.devices.remove(study_id)
                if source is not None:
                    self._dispatcher.drop(source)
                study.end(wanted=any(each.study_id == study_id for each in self._queue))
            elif study.problems:
                self._notes.waits(study.queued, "; ".join(study.problems))

    def _close(self, study_id: int, study: DrivenStudy, ending: Ending) -> None:
        del self.studies[study_id]
        self._again[study_id] = time.monotonic()
        say = self._around.log.say
        say(f"{ending.state}{f': {ending.reason}' if ending.reason else ''}", study.queued.name)
        if ending.state == "queued":
            self._again[study_id] += AGAIN_SECONDS
            self._notes.waits(study.queued, ending.reason)
        elif ending.state != "stopped":  # which its user has written
            self._notes.ended(study.queued, ending.state, ending.reason)
            self._ended(study.queued.name, ending.state, ending.reason)

    def _broke(self, study_id: int, error: Exception) -> None:
        study = self.studies.get(study_id)
        if study is not None:
            study.breaks(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
