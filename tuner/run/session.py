"""One driver's work on its study, whichever runner trains: what runs, what was said, when to stop.

Everything that touches the database happens in order on one thread of its own, so that a slow proposal or
a database that is away holds up no training.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tuner.run.early_stopping import early_stopping_of
from tuner.run.progress import Progress
from tuner.run.signals import StopSignal
from tuner.study.study import Study
from tuner.study.trial import Failed, Outcome, Report, Span, TrialSpec, outcome_of


@dataclass
class Running:
    """A trial that was asked for and not yet told."""

    spec: TrialSpec
    last: Report | None = None
    stopped_by: str | None = None
    taken: bool = False  # another program ended or deleted it


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
        self._failures = 0
        self._broken: BaseException | None = None
        self._abandoned: str | None = None
        self._deadline = _deadline(study.config.budget.hours)
        self._early_stopping = early_stopping_of(study.config)

    def __enter__(self) -> Session:
        """Tells the early-stopping rule what earlier launches saw."""
        metric = self.study.config.primary.metric
        for origin, epoch, metrics in self.study.view.reports():
            value = metrics.get(metric)
            if value is not None:
                self._early_stopping.observe(origin, epoch, value)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Interrupts what still runs, and waits until the store knows everything.

        Raises what the store raised, if it did; its next driver then finds what still ran.
        """
        self._write(self.study.interrupt_running, self.halted or "its driver ended")
        self._store.shutdown(wait=True)
        if self._broken is not None and kind is None:
            raise self._broken

    @property
    def halted(self) -> str | None:
        """Why no further trial may start and none may go on, or None."""
        if self._broken is not None:
            return f"the store failed: {self._broken}"
        if self._abandoned:
            return self._abandoned
        if self._stop.received:
            return f"interrupted by {self._stop.received.name}"
        if self._failures > self.study.config.budget.failures:
            return (
                f"{self._failures} trials failed; budget.failures allows {self.study.config.budget.failures}"
            )
        if time.monotonic() >= self._deadline:
            return f"the {self.study.config.budget.hours} hours of budget.hours are over"
        return None

    def abandon(self, reason: str) -> None:
        """Interrupts what still runs, and waits for the store; for a thread that knows the runner hangs."""
        self._abandoned = reason
        self._write(self.study.interrupt_running, reason).result()

    @property
    def failures(self) -> int:
        """How many trials have failed in this launch, those that were queued again left out."""
        return self._failures

    def ask(self) -> Future[TrialSpec | None]:
        """The next trial, when the store has it; None if nothing is left to start, or the store failed."""
        return self._write(self._ask)

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

    def reported(self, spec: TrialSpec, report: Report) -> bool:
        """Passes a report on; true if the trial should not go on."""
        running = self._running[spec.number]
        running.last = report
        self._write(self._keep, running, report)
        self.progress.reported(spec, report)
        value = report.metrics.get(spec.metric)
        if value is not None and math.isfinite(value) and report.epoch > 0:
            running.stopped_by = self._early_stopping.observe(spec.origin, report.epoch, value)
        return report.is_last or running.stopped_by is not None or running.taken or self.halted is not None

    def _keep(self, running: Running, report: Report) -> None:
        running.taken = not self.study.report(running.spec, report)

    def ended(self, spec: TrialSpec, lost: str | None = None) -> None:
        """Tells the store how a trial ended; one that was halted on its way is left to be interrupted."""
        running = self._running[spec.number]
        if running.taken:
            del self._running[spec.number]
            self.progress.taken(spec)
            return
        last = running.last
        on_its_way = last is None or not (last.is_last or running.stopped_by)
        if lost is None and on_its_way and self.halted:
            return
        outcome = outcome_of(last, self._objectives, stopped_by=running.stopped_by, lost=lost)
        del self._running[spec.number]
        self._failures += isinstance(outcome, Failed) and not (outcome.retry and spec.may_retry)
        self.progress.ended(spec, outcome)
        self._write(self._tell, spec, outcome, last.span if last else None)

    def _tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None) -> None:
        if not self.study.tell(spec, outcome, span):
            self.progress.taken(spec, outcome)

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
