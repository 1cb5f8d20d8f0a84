"""One driver's work on its study, whichever runner trains: what runs, what was said, when to stop.

Everything that touches the database happens in order on one thread of its own, so that a slow proposal or
a database that is away holds up no training. What trials say is kept in the study's outbox before that.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tuner.errors import Interrupted, TunerError, Unreachable
from tuner.run.early_stopping import early_stopping_of
from tuner.run.failure_budget import Failures
from tuner.run.progress import Progress
from tuner.run.running_trial import Running
from tuner.run.signals import StopSignal
from tuner.study.event_log import Kept
from tuner.study.store.database import cause_of, is_outage, shown
from tuner.study.store.hints import remedy_for
from tuner.study.store.retry import Outage
from tuner.study.study import Study
from tuner.study.trial import Outcome, Report, TrialSpec, outcome_of


class Session:
    """Between a runner and a study: `ask` a trial, pass on what is `reported`, say when it has `ended`.

    Leaving the block interrupts what still runs; the store then says that it is queued again.
    """

    def __init__(self, study: Study, folder: Path, progress: Progress, stop: StopSignal) -> None:
        self.study = study
        self.folder = folder
        self.progress = progress
        self._stop = stop
        self._objectives = [objective.metric for objective in study.config.objectives]
        self._store = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._running: dict[int, Running] = {}
        self._failures = Failures(study.config.budget)
        self._broken: BaseException | None = None
        self._abandoned: str | None = None
        self._deadline = _deadline(study.config.budget.hours)
        self._early_stopping = early_stopping_of(study.config)
        study.patience.hurried = lambda: stop.received is not None
        study.patience.tell = self._say_what_is_awaited

    def __enter__(self) -> Session:
        """Tells the early-stopping rule what earlier launches saw."""
        metric = self.study.config.primary.metric
        for origin, epoch, metrics in self.study.patience(self.study.view.reports):
            value = metrics.get(metric)
            if value is not None:
                self._early_stopping.observe(origin, epoch, value)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Interrupts what still runs, and waits until the store knows everything.

        Raises what the store raised, if it did; its next driver then finds what still ran, and tells the
        store what is left in the outbox.
        """
        self._write(self.study.interrupt_running, self.halted or "its driver ended")
        self._store.shutdown(wait=True)
        if self._broken is None or kind is not None:
            return
        if is_outage(self._broken):
            raise self._untold(cause_of(self._broken)) from self._broken
        raise self._broken

    def _untold(self, cause: str) -> TunerError:
        """That the database was away to the end, and what becomes of what it could not be told."""
        away = (
            f"the database {shown(self.study.view.engine.url)} cannot be used: {cause}; {remedy_for(cause)}"
        )
        line = f"{away}; {self.study.outbox}; run the same command again"
        if self._stop.received:
            return Interrupted(f"interrupted by {self._stop.received.name}; {line}", self._stop.exit_code)
        return Unreachable(line)

    @property
    def halted(self) -> str | None:
        """Why no further trial may start and none may go on, or None."""
        if self._broken is not None:
            return f"the store failed: {self._broken}"
        if self._abandoned:
            return self._abandoned
        if self._stop.received:
            return f"interrupted by {self._stop.received.name}"
        if self._failures.exceeded:
            return self._failures.exceeded
        if time.monotonic() >= self._deadline:
            return f"the {self.study.config.budget.hours} hours of budget.hours are over"
        return None

    def abandon(self, reason: str, seconds: float | None = None) -> None:
        """Interrupts what still runs, and waits for the store; for a thread that knows the runner hangs.

        If the store has not answered after so many seconds, the next driver finds what still ran.
        """
        self._abandoned = reason
        with suppress(TimeoutError, RuntimeError):  # the second if the store knows everything already
            self._write(self.study.interrupt_running, reason).result(seconds)

    @property
    def failures(self) -> Failures:
        """The trials that have failed in this launch, those that were queued again left out."""
        return self._failures

    def ask(self) -> Future[TrialSpec | None]:
        """The next trial, when the store has it; None if nothing is left to start, or the store failed."""
        return self._write(self._ask)

    def ask_again(self, asked: Future[TrialSpec | None]) -> Future[TrialSpec | None]:
        """The same, unless an earlier question has a trial for its answer: then that one."""
        return self._write(lambda: asked.result() or self._ask())

    def _ask(self) -> TrialSpec | None:
        if self.halted:
            return None
        spec = self.study.ask(self.folder)
        if spec is not None:
            self._running[spec.number] = Running(spec)
        return spec

    def started(self, spec: TrialSpec) -> None:
        """Says that a device has taken the trial."""
        self.progress.started(spec)

    def began(self, spec: TrialSpec) -> None:
        """Says that a worker begins to train the trial; from here on its time counts."""
        self._running[spec.number].begins()

    def waits(self, spec: TrialSpec) -> None:
        """Says that the trial waits for another device than the one that it got."""
        self._running[spec.number].waits()
        self.progress.waits(spec)

    def placed(self, spec: TrialSpec, place: Mapping[str, str]) -> None:
        """Says where the trial runs; its first report says so again."""
        self._write(self.study.place, spec, place)

    def overdue(self) -> list[TrialSpec]:
        """The trials that are at it for too long, each told once; their workers have to be ended by force."""
        fresh = [each for each in list(self._running.values()) if not (each.stopped_by or each.hung)]
        for running in fresh:
            running.stopped_by = running.over_hours(self.study.config.budget)
            running.hung = None if running.stopped_by else running.stalled(self.study.config.budget)
        return [running.spec for running in fresh if running.stopped_by or running.hung]

    def reported(self, spec: TrialSpec, report: Report) -> bool:
        """Passes a report on; true if the trial should not go on."""
        running = self._running[spec.number]
        running.last, running.heard = report, time.monotonic()
        self._write(self._tell_report, running, self.study.keep(spec, report))
        self.progress.reported(spec, report)
        value = report.metrics.get(spec.metric)
        if value is not None and math.isfinite(value) and report.epoch > 0:
            running.stopped_by = self._early_stopping.observe(spec.origin, report.epoch, value)
        running.stopped_by = running.stopped_by or running.over_hours(self.study.config.budget)
        ended = report.is_last or running.stopped_by is not None or running.taken
        return ended or self.halted is not None

    def _tell_report(self, running: Running, kept: Kept) -> None:
        running.taken = not self.study.tell_kept(kept)

    def ended(self, spec: TrialSpec, lost: str | None = None) -> bool:
        """Tells the store how a trial ended, and whether it had not been told before.

        One that was halted on its way is not told: it is interrupted.
        """
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
        self._failures.add(spec, outcome)
        self.progress.ended(spec, outcome)
        kept = self.study.keep(spec, outcome, last.span if last else None)
        self._write(self._tell_outcome, spec, outcome, kept)
        return True

    def _tell_outcome(self, spec: TrialSpec, outcome: Outcome, kept: Kept) -> None:
        if not self.study.tell_kept(kept):
            self.progress.taken(spec, outcome)

    def _say_what_is_awaited(self, outage: Outage | None) -> None:
        self.progress.awaits(None if outage is None else f"{outage}; {self.study.outbox}")

    def _write(self, call: Any, *arguments: Any) -> Future[Any]:
        return self._store.submit(self._unless_broken, call, *arguments)

    def _unless_broken(self, call: Any, *arguments: Any) -> Any:
        """Calls the store; once it has failed nothing more is tried, and the next driver recovers."""
        if self._broken is not None:
            return None
        try:
            return call(*arguments)
        except BaseException as error:  # noqa: BLE001 - raised again when the session ends
            self._broken = error
            return None


def _deadline(hours: float | None) -> float:
    return float("inf") if hours is None else time.monotonic() + hours * 3600
