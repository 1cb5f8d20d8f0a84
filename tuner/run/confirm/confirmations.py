"""The confirmations of a study that this process trains: a list of jobs, which a session drives like trials.

There is no sampler, no early stopping and no Optuna here, and what is found never goes back into the study.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from tuner.config.study_config import StudyConfig
from tuner.run.files.clean import STATE
from tuner.store.confirmations.confirmation import Confirmation, Job
from tuner.store.confirmations.confirmation_writer import ConfirmationWriter
from tuner.study.events.external_changes import TrialLost
from tuner.study.outcome import STATE_OF, Completed, Failed, Outcome, attributes_of
from tuner.study.trial import Report, Span, TrialSpec
from tuner.versions import git_commit, versions


class Confirmations:
    """What is to be trained, what runs, and what became of it.

    Args:
        config: the study's, with as many trials in its budget as there are jobs in all.
        jobs: each with what a worker needs to train it; told apart by its number.
        writer: takes those that have ended.

    Attributes:
        conflict: None; a study that is gone fails the writer.
        ended: those that have ended here, in that order.
    """

    def __init__(
        self, config: StudyConfig, jobs: Sequence[tuple[Job, TrialSpec]], writer: ConfirmationWriter
    ) -> None:
        self.config = config
        self.conflict = None
        self.ended: list[Confirmation] = []
        self._jobs = {spec.number: job for job, spec in jobs}
        self._waiting = deque(spec for _, spec in jobs)
        self._running: dict[int, dict[str, Any]] = {}
        self._writer = writer
        self._mutex = RLock()  # trials are asked for on a thread of their own

    @property
    def remaining(self) -> int:
        """How many jobs are still to end here: they wait, or run."""
        return len(self._waiting) + len(self._running)

    @property
    def left(self) -> int:
        """How many jobs have not ended, interrupted ones too."""
        return len(self._jobs) - len(self.ended)

    def ask(self, folder: Path, place: Mapping[str, str] | None = None) -> TrialSpec | None:  # noqa: ARG002
        """Return the next job, from the state in its folder if it has begun; None if no job waits."""
        with self._mutex:
            if not self._waiting:
                return None
            spec = self._waiting.popleft()
            self._running[spec.number] = dict(place or {})
        state = Path(spec.folder) / STATE
        return replace(spec, checkpoint=str(state)) if state.exists() else spec

    def answer(self, spec: TrialSpec) -> None:
        """None: a job is trained, whatever is known."""

    def replicate(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> None:
        """None: each seed is a job of its own."""

    def place(self, spec: TrialSpec, place: Mapping[str, str]) -> None:
        """Note where a job runs."""
        self._noted(spec).update(place)

    def report(self, spec: TrialSpec, report: Report) -> bool:
        """Note what a report says beside its metrics."""
        self._noted(spec).update(report.facts)
        return True

    def tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> bool:
        """End a job; a machine's fault lets it wait again, `MAX_ATTEMPTS` in all."""
        with self._mutex:
            facts = self._running.pop(spec.number, None)
            if facts is None:  # a watchdog has interrupted it
                return True
            if isinstance(outcome, Failed) and outcome.retry and spec.may_retry:
                again = replace(spec, attempt=spec.attempt + 1, lost_on=facts.get("node_id"))
                self._waiting.append(again)
                return True
            ended = _confirmation(self._jobs[spec.number], spec, outcome, facts, span)
            self.ended.append(ended)
        self._writer.append(ended)
        return True

    def interrupt_running(self, reason: str) -> None:  # noqa: ARG002
        """Leave what runs, and what waits, to the next process: a job without a row is to be done."""
        with self._mutex:
            self._running.clear()
            self._waiting.clear()

    def changes(self) -> Iterator[TrialLost]:
        """Nothing: no other program ends a job of ours."""
        return iter(())

    def _noted(self, spec: TrialSpec) -> dict[str, Any]:
        return self._running.get(spec.number, {})


def _confirmation(
    job: Job, spec: TrialSpec, outcome: Outcome, facts: Mapping[str, Any], span: Span | None
) -> Confirmation:
    told = attributes_of(outcome)
    return Confirmation(
        job=job,
        state=STATE_OF[type(outcome)].name,
        reason=told.get("reason"),
        traceback=told.get("traceback"),
        best_epoch=facts.get("best_epoch"),
        test=outcome.metrics if isinstance(outcome, Completed) else {},
        validation=facts.get("validation", {}),
        attempt=spec.attempt,
        node=facts.get("node"),
        device=facts.get("device"),
        seconds=span.seconds if span else None,
        started_at=span.started if span else None,
        ended_at=span.ended if span else datetime.now(UTC),
        versions=versions(),
        git_commit=git_commit(),
    )
