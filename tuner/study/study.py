"""A study that this process drives: decided in memory, written down by its writer.

Nothing here waits for a database. What is asked, reported and told becomes an event, which outlives this
process at once and is applied to the store in its turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from threading import RLock
from typing import Any

from optuna.trial import TrialState

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict
from tuner.study.asking.answers import Answered, Answers
from tuner.study.asking.asker import Asker
from tuner.study.attempt import next_attempt
from tuner.study.events import external_changes as external
from tuner.study.events.event import (
    Ended,
    EventWriter,
    Placed,
    Queued,
    Reported,
    reported,
    storable,
    utc,
    utc_now,
)
from tuner.study.history import DONE, History, changed, feasible_values, results_in
from tuner.study.outcome import STATE_OF, Failed, Outcome, attributes_of, values_of
from tuner.study.replicates import Replication, without_config
from tuner.study.spent_budget import SpentBudget
from tuner.study.trial import Report, Span, TrialSpec
from tuner.study.trial_record import TrialRecord, front_of


class Study:
    """One study, as its one driver has it.

    Args:
        config: the study's.
        history: its trials.
        asker: asks for its trials.
        writer: takes the events.
        driver: the driver's token.

    Attributes:
        spent: what of its budget is spent.
        conflict: why the study cannot be driven on, though its events are still applied; or None.
    """

    def __init__(
        self, config: StudyConfig, history: History, asker: Asker, writer: EventWriter, driver: str
    ) -> None:
        self.config = config
        self._writer = writer
        self.conflict: Conflict | None = None
        self._history = history
        self._driver = driver
        self._asker = asker
        self._answers = Answers(config, history, asker.code.get("code_hash"))
        self._running = {trial.number for trial in history.trials(TrialState.RUNNING)}
        self.spent = SpentBudget(config, history.spent())
        self._lost: set[int] = set()
        self._epochs: dict[int, int] = {}
        self._replication = Replication(config, self.spent)
        self._numbering = RLock()  # numbers are given in the order of the events, as rows get theirs

    @property
    def remaining(self) -> int:
        """How many trials must still be completed or stopped to meet the budget."""
        return self.spent.remaining

    def ask(self, folder: Path, place: Mapping[str, str] | None = None) -> TrialSpec | None:
        """Return the next trial, as `Asker.ask` does; None while the budget leaves no room for one."""
        with self._numbering:
            if len(self._running) >= self.remaining:
                return None
            spec = self._asker.ask(folder, place or {})
            if spec is not None:
                self._running.add(spec.number)
            return spec

    def answer(self, spec: TrialSpec) -> Answered | None:
        """End a trial that was just asked for with the result of the same training, if one has completed."""
        answer = self._answers.of(spec)
        if answer is not None:
            measured = list(answer.values), answer.constraints
            attributes, number = answer.attributes, answer.same_as
            self._end(spec.number, TrialState.COMPLETE, attributes, measured, same_as=number)
        return answer

    def replicate(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> TrialSpec | None:
        """Return a trial's next training, if it completed one and the study asks for another."""
        following = self._replication.following(spec, outcome, span)
        if following is not None:
            attributes = {"results": following.results, "epoch": 0, "checkpoint": None}
            self._history.set_attributes(spec.number, attributes)
            self._writer.append(Reported(spec.number, 0, utc_now(), {}, attributes))
        return following

    def place(self, spec: TrialSpec, place: Mapping[str, str]) -> None:
        """Note where a trial runs, if it is still ours."""
        if spec.number not in self._lost:
            self._history.set_attributes(spec.number, place)
            self._writer.append(Placed(spec.number, dict(place)))

    def report(self, spec: TrialSpec, report: Report) -> bool:
        """Take one report of a running trial.

        Returns:
            False if another program has ended or deleted the trial: then it stays as that left it.
        """
        if spec.number in self._lost:
            return False
        if spec.results:
            report = without_config(report)
        # The end of a training repeats its last epoch; curves are kept of a trial's first training alone.
        is_new = report.epoch > self._epochs.get(spec.number, 0) and not spec.results
        epoch = report.epoch if is_new else 0
        self._epochs[spec.number] = report.epoch
        # With several objectives a stopped trial that has such a value breaks every later proposal.
        intermediate = spec.metric if len(self.config.objectives) == 1 else None
        event = reported(spec.number, epoch, report, intermediate)
        self._history.set_attributes(spec.number, event.attributes)
        if event.intermediate is not None:
            self._history.set_intermediate(spec.number, epoch, event.intermediate)
        self._writer.append(event)
        return True

    def tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> bool:
        """End a trial; a machine's fault queues it again, `MAX_ATTEMPTS` in all.

        Returns:
            False if another program has ended or deleted the trial: then it stays as that left it.
        """
        if spec.number in self._lost:
            return False
        retry = isinstance(outcome, Failed) and outcome.retry and spec.may_retry
        span = self._replication.whole(spec, span)
        attributes, measured = attributes_of(outcome, span), values_of(outcome, self.config)
        with self._numbering if retry else nullcontext():
            again = self._next_attempt(spec.number, lost=True) if retry else None
            self._end(spec.number, STATE_OF[type(outcome)], attributes, measured, span=span, again=again)
        return True

    def interrupt_running(self, reason: str) -> None:
        """End what runs, none of which is at fault, and queue it from its last checkpoint."""
        with self._numbering:  # another thread may be asking
            for number in sorted(self._running):
                again = self._next_attempt(number, lost=False)
                text = reason if again else f"{reason}; it is not tried again: it came no further than before"
                self._end(number, TrialState.FAIL, {"reason": text}, again=again)

    def changes(self) -> Iterator[external.TrialLost | external.StopAsked]:
        """Take in what other programs did; yield trials of ours that they ended or deleted, or a stop."""
        for change in self._writer.changes():
            match change:
                case external.TrialLost() if change.number not in self._lost:
                    yield self._lose(change)
                case external.TrialDeleted():
                    self.spent.discard(change.number)
                    self._answers.discard(change.number)
                case external.TrialAdded():
                    with self._numbering:
                        self._asker.queue.add(change)
                case external.StopAsked():
                    yield change
                case external.StudyRenamed():
                    self.conflict = external.is_gone(self.config.study, change.name)

    def front(self) -> list[TrialRecord]:
        """The feasible trials that no other dominates, by number; without their attributes."""
        completed = [
            each for each in self._history.records(TrialState.COMPLETE) if each.number in self.spent.trials
        ]
        return front_of(completed, [objective.direction for objective in self.config.objectives])

    def ended(self) -> list[TrialRecord]:
        """The trials of ours that have ended, by number; without their attributes."""
        return self._history.records(*DONE, TrialState.FAIL)

    def _end(
        self,
        number: int,
        state: TrialState,
        attributes: Mapping[str, Any],
        measured: tuple[list[float] | None, Mapping[str, float]] = (None, {}),
        *,
        span: Span | None = None,
        again: Queued | None = None,
        same_as: int | None = None,
    ) -> None:
        if number not in self._running:  # a watchdog has ended it
            return
        self._running.discard(number)
        attributes_before = self._history.study_attributes()
        before = self._history.trial(number).system_attrs
        self._history.set_attributes(number, results_in(attributes))
        trial = self._history.tell(number, state, *measured)
        self.spent.device_seconds += span.seconds if span else 0
        if state in DONE:
            self.spent.add(number, feasible_values(trial))
        else:
            self.spent.discard(number, again.number if again else None)
        if state is TrialState.COMPLETE:
            self._answers.add(trial)
        self._writer.append(
            Ended(
                number=number,
                state=state.name,
                ended=utc(span.ended) if span else utc_now(),
                attributes=storable(dict(attributes)),
                values=trial.values or (),
                system_attributes=changed(trial.system_attrs, before),
                study_attributes=changed(self._history.study_attributes(), attributes_before),
                started=utc(span.started) if span else None,
                again=again,
                same_as=same_as,
            )
        )

    def _next_attempt(self, number: int, *, lost: bool) -> Queued | None:
        attempt = next_attempt(self._history.trial(number), lost=lost)
        if attempt is None:
            return None
        params, attributes = attempt
        attributes["asked_by"] = self._driver
        return Queued(self._history.queue(params, attributes), params, attributes)

    def _lose(self, change: external.TrialLost) -> external.TrialLost:
        self._lost.add(change.number)
        self._answers.discard(change.number)
        state = TrialState[change.state]
        with self._numbering:
            self._history.refuse(change.number)
        if change.number in self._running:
            self._running.discard(change.number)
            self._history.leave(change.number, state, change.values)
        if state in DONE:
            self.spent.add(change.number, change.values if state is TrialState.COMPLETE else None)
        else:
            self.spent.discard(change.number)
        return change
