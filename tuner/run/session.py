"""One driver's work on its study, whichever runner trains: what runs, what it reported, when to stop."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock
from types import TracebackType

from tuner.errors import Interrupted, TunerError, Unreachable
from tuner.run.early_stopping import early_stopping_of
from tuner.run.failure_budget import Failures
from tuner.run.progress import Progress
from tuner.run.running_trial import Running
from tuner.run.signals import StopSignal
from tuner.store.writing.store_thread import StoreThread
from tuner.study.driven import Driven
from tuner.study.outcome import Outcome, outcome_of
from tuner.study.pareto import as_losses
from tuner.study.trial import Report, TrialSpec

PATIENCE_SECONDS = 300
"""How long the end of a launch waits for a database that is away."""

HURRIED_SECONDS = 3
"""The same after a signal."""

Seen = Sequence[tuple[int, int, Mapping[str, float | None]]]
"""Reports of earlier launches: the number of the trial's first attempt, epoch, metrics; as they came."""

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
    ) -> None:
        self.study = study
        self.folder = folder
        self.progress = progress
        self.failures = Failures(study.config.budget)
        self._writer = writer
        self._stop = stop
        self._objectives = [objective.metric for objective in study.config.objectives]
        self._directions = [objective.direction for objective in study.config.objectives]
        self._running: dict[int, Running] = {}
        self._ended: dict[int, tuple[TrialSpec, Outcome]] = {}
        self._abandoned: str | None = None
        self._deadline = _deadline(study.config.budget.hours)
        self._early_stopping = early_stopping_of(study.config)
        self._waited = False
        self._remaining = study.remaining  # when there was no further trial to ask for
        self._mutex = RLock()  # a watchdog may end what the runner reports
        for origin, epoch, metrics in seen:
            self._observe(origin, epoch, metrics)

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
        """Wait until the store has everything; return whether there is more to do after all.

        Another program may have ended or deleted a trial that counted.
        """
        self._wait_for_store()
        self._writer.look(_LOOK_SECONDS)
        self.tick()
        return self.study.remaining > self._remaining and self.halted is None

    @property
    def halted(self) -> str | None:  # noqa: PLR0911 - a table of cases
        """Why no further trial may start and none may go on, or None."""
        if self.study.conflict is not None:
            return "its study was renamed"
        if (failure := self._writer.failure) is not None:
            return f"the store failed: {failure}"
        if self._abandoned:
            return self._abandoned
        if self._stop.received:
            return f"interrupted by {self._stop.received.name}"
        if self.failures.exceeded:
            return self.failures.exceeded
        if time.monotonic() >= self._deadline:
            return f"the {self.study.config.budget.hours} hours of budget.hours are over"
        return None

    def abandon(self, reason: str, seconds: float = HURRIED_SECONDS) -> None:
        """Interrupt what still runs, and wait a little for the store.

        For a thread that knows that the runner hangs. What the store has not taken by then waits in the log.
        """
        self._abandoned = reason
        self.study.interrupt_running(reason)
        self._writer.wait(seconds)

    def ask(self, place: Mapping[str, str] | None = None) -> TrialSpec | None:
        """Return the next trial; None if nothing is left to start."""
        self.tick()
        if self.halted:
            return None
        remaining = self.study.remaining
        spec = self.study.ask(self.folder, place)
        if spec is None:
            self._remaining = remaining
        else:
            self._running[spec.number] = Running(spec)
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
        running = self._running[spec.number]
        running.last, running.heard = report, time.monotonic()
        with self._mutex:
            running.taken |= not self.study.report(spec, report)
        self.tick()
        self.progress.reported(spec, report)
        running.stopped_by = self._observe(spec.origin, report.epoch, report.metrics)
        running.stopped_by = running.stopped_by or running.over_hours(self.study.config.budget)
        ended = report.is_last or running.stopped_by is not None or running.taken
        return ended or self.halted is not None

    def _observe(self, origin: int, epoch: int, metrics: Mapping[str, float | None]) -> str | None:
        """Show the early-stopping rule a report with every objective; return why the trial should stop."""
        values = [value for name in self._objectives if (value := metrics.get(name)) is not None]
        if epoch < 1 or len(values) < len(self._objectives) or not all(map(math.isfinite, values)):
            return None
        return self._early_stopping.observe(origin, epoch, as_losses([values], self._directions)[0].tolist())

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
            outcome = outcome_of(
                last, self._objectives, stopped_by=running.stopped_by, lost=lost, attempt=spec.attempt
            )
            del self._running[spec.number]
            if not self.study.tell(spec, outcome, last.span if last else None):
                self.progress.taken(spec)
                return True
        self._ended[spec.number] = spec, outcome
        self.failures.add(spec, outcome)
        self.progress.ended(spec, outcome)
        return True

    def tick(self) -> None:
        """Take in what other programs did, and show what is waited for; called again and again."""
        with self._mutex:
            for lost in self.study.changes():
                if lost.number in self._running:
                    self._running[lost.number].taken = True
                elif lost.number in self._ended:
                    self.progress.taken(*self._ended.pop(lost.number))
        outage = self._writer.outage
        if outage is not None:
            self.progress.awaits(f"{outage}; {self._writer.waiting}")
        elif self._waited:
            self.progress.awaits(None)
        self._waited = outage is not None
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


def _deadline(hours: float | None) -> float:
    return float("inf") if hours is None else time.monotonic() + hours * 3600
