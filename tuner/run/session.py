"""One driver's work on its study, whichever runner trains: what runs, what it reported, when to stop."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from threading import RLock
from types import TracebackType

from tuner.errors import Interrupted, TunerError, Unreachable
from tuner.run.early_stopping.reports import Seen, StoppingByReports
from tuner.run.files.trial_files import TrialFiles
from tuner.run.live.progress import Progress
from tuner.run.running.failure_budget import Failures
from tuner.run.running.running_trial import Running
from tuner.run.running.same_data import SameData
from tuner.run.signals import StopSignal
from tuner.store.writing.store_thread import StoreThread
from tuner.study.driven import Driven
from tuner.study.events.external_changes import StopAsked
from tuner.study.outcome import Completed, Outcome
from tuner.study.replicates import over_all
from tuner.study.trial import Report, TrialSpec

PATIENCE_SECONDS = 300
"""How long the end of a launch waits for a database that is away."""

HURRIED_SECONDS = 3
"""The same after a signal."""

_LOOK_SECONDS = 0.25


class Session:
    """Between a runner and a study: `ask` a trial, pass on what is `reported`, say when it has `ended`.

    Leaving the block interrupts what still runs, and waits until the store has everything.

    Args:
        study: what is driven.
        writer: writes down what becomes of it.
        folder: the study's; checkpoints go below it.
        progress: shows what happens.
        stop: whether the launch was told to end.
        seen: what earlier launches saw, for the early-stopping rule.
        files: removes what trials that have ended need no longer.
        data: fails trials that are trained on other data than those before.
    """

    def __init__(
        self,
        study: Driven,
        writer: StoreThread,
        folder: Path,
        progress: Progress,
        stop: StopSignal,
        *,
        seen: Seen = (),
        files: TrialFiles | None = None,
        data: SameData | None = None,
    ) -> None:
        self.study = study
        self.folder = folder
        self.progress = progress
        self.failures = Failures(study.config.budget)
        self._writer = writer
        self._files = files
        self._data = data or SameData()
        self._stop = stop
        self._running: dict[int, Running] = {}
        self._ended: dict[int, tuple[TrialSpec, Outcome]] = {}
        self._abandoned: str | None = None
        self._deadline = time.monotonic() + 3600 * (study.config.budget.hours or math.inf)
        self._early_stopping = StoppingByReports(study.config, seen)
        self._following: deque[TrialSpec] = deque()  # trainings of trials that are trained again
        self._remaining = study.remaining  # when there was no further trial to ask for
        self._mutex = RLock()  # a watchdog may end what the runner reports

    def __enter__(self) -> Session:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Interrupt what still runs, and wait until the store knows everything.

        Raises:
            Unreachable: the database was away to the end; the next launch stores what waits.
        """
        with self._mutex:
            self.study.interrupt_running(self.halted or "its driver ended")
        cause = self._wait_for_store()
        if cause is not None and kind is None:
            raise cause

    def settle(self) -> bool:
        """Wait until the store has everything; return whether another program has made room for a trial."""
        self._wait_for_store()
        self._writer.look(_LOOK_SECONDS)
        self.tick()
        return self.study.remaining > self._remaining and self.halted is None

    @property
    def halted(self) -> str | None:
        """Why no further trial may start and none may go on, or None."""
        if self.study.conflict is not None:
            return "its study was renamed"
        if (failure := self._writer.failure) is not None:
            return f"the store failed: {failure}"
        if ended := self._abandoned or self.failures.exceeded:
            return ended
        if self._stop.received:
            return f"interrupted by {self._stop.received.name}"
        over = time.monotonic() >= self._deadline
        return f"the {self.study.config.budget.hours} hours of budget.hours are over" if over else None

    def abandon(self, reason: str, seconds: float = HURRIED_SECONDS) -> None:
        """Interrupt what still runs, and wait a little for the store, while the runner hangs."""
        self._abandoned = reason
        self.study.interrupt_running(reason)
        self._writer.wait(seconds)

    def ask(self, place: Mapping[str, str] | None = None) -> TrialSpec | None:
        """Return the next trial; None if nothing is left to start."""
        self.tick()
        if self.halted:
            return None
        remaining = self.study.remaining
        spec = self._following.popleft() if self._following else self._ask(place)
        if spec is None:
            self._remaining = remaining
        else:
            self._running[spec.number] = Running(spec)
        return spec

    def _ask(self, place: Mapping[str, str] | None) -> TrialSpec | None:
        """Return the next trial that has to be trained."""
        while (spec := self.study.ask(self.folder, place)) is not None:
            answered = self.study.answer(spec)
            if answered is None:
                break
            outcome = Completed(answered.metrics(self.study.config))
            self._ended[spec.number] = spec, outcome
            self.progress.ended(spec, outcome, f"as trial {answered.same_as}, not trained again")
        return spec

    def started(self, spec: TrialSpec) -> None:
        """Note that a device has taken the trial."""
        self.progress.started(spec)

    def began(self, spec: TrialSpec) -> None:
        """Note that a worker begins to train the trial; from here on its time counts."""
        self._running[spec.number].begins()

    def placed(self, spec: TrialSpec, place: Mapping[str, str]) -> None:
        """Note where the trial runs; its first report repeats it."""
        with self._mutex:
            self.study.place(spec, place)

    def overdue(self) -> list[TrialSpec]:
        """Return the trials that take too long, each once; their workers have to be ended by force."""
        fresh = [each for each in list(self._running.values()) if not (each.stopped_by or each.hung)]
        for running in fresh:
            running.stopped_by = running.over_hours(self.study.config.budget)
            running.hung = None if running.stopped_by else running.stalled(self.study.config.budget)
        return [running.spec for running in fresh if running.stopped_by or running.hung]

    def reported(self, spec: TrialSpec, report: Report) -> bool:
        """Pass a report on; return whether the trial should not go on."""
        running, report = self._running[spec.number], self._data.checked(spec, report)
        running.last, running.heard = report, time.monotonic()
        with self._mutex:
            running.taken |= not self.study.report(spec, report)
        self.tick()
        self.progress.reported(spec, report)
        if not spec.results:  # rungs compare first trainings
            running.stopped_by = self._early_stopping.observe(spec.origin, report.epoch, report.metrics)
        running.stopped_by = running.stopped_by or running.over_hours(self.study.config.budget)
        return bool(report.is_last or running.stopped_by or running.taken or self.halted)

    def ended(self, spec: TrialSpec, lost: str | None = None) -> bool:
        """Tell the study how a trial ended; return whether it had not been told before.

        One that was halted on its way is not told: it is interrupted.
        """
        with self._mutex:
            running = self._running.get(spec.number)
            if running is None:
                return False
            if running.taken:
                del self._running[spec.number]
                self.progress.taken(spec)
                return True
            last = running.last
            lost = lost and (running.hung or lost)
            on_its_way = not running.stopped_by and (last is None or not last.is_last)
            if lost is None and on_its_way and self.halted:
                return False
            outcome = running.outcome(self.study.config.metrics, lost)
            del self._running[spec.number]
            span = last.span if last else None
            following = self.study.replicate(spec, outcome, span)
            if following is not None:
                self._following.append(following)
                self.progress.replicates(following)
                return True
            outcome = over_all(spec, outcome, self.study.config)
            if not self.study.tell(spec, outcome, span):
                self.progress.taken(spec)
                return True
        self._ended[spec.number] = spec, outcome
        self.failures.add(spec, outcome)
        self.progress.ended(spec, outcome)
        if self._files is not None:
            self._files.ended(spec, outcome)
        return True

    def tick(self) -> None:
        """Take in what other programs did, and show what is waited for; called again and again."""
        with self._mutex:
            for change in self.study.changes():
                if isinstance(change, StopAsked):
                    self._stop.ask()
                elif change.number in self._running:
                    self._running[change.number].taken = True
                elif change.number in self._ended:
                    self.progress.taken(*self._ended.pop(change.number))
        outage = self._writer.outage
        self.progress.awaits(None if outage is None else f"{outage}; {self._writer.waiting}")
        self.progress.refresh()

    def _wait_for_store(self) -> TunerError | None:
        """Wait until the store has everything; return why it has not, if the database is away too long."""
        writer = self._writer
        while not writer.wait(_LOOK_SECONDS):
            self.tick()
            patience = HURRIED_SECONDS if self._stop.received else PATIENCE_SECONDS
            if writer.outage is not None and writer.outage.seconds >= patience:
                line = f"{writer.outage.refusal}; {writer.waiting}; run the same command again"
                if self._stop.received:
                    name = self._stop.received.name
                    return Interrupted(f"interrupted by {name}; {line}", self._stop.exit_code)
                return Unreachable(line)
        return None
