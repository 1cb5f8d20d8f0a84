"""A study as its report shows it: read once, and every trial with one outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from tuner.config.sections import Objective
from tuner.errors import UsageError
from tuner.results.report.figures.palette import Outcome
from tuner.results.report.importances import importances_of
from tuner.store.confirmations.confirmation import Confirmation
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.reading.study_view import StudyView
from tuner.study.pareto import as_losses
from tuner.study.spent_budget import COUNTED
from tuner.study.trial_record import TrialRecord, best_first, front_of, moment_of

_WORDS = {"PRUNED": Outcome.STOPPED, "FAIL": Outcome.FAILED, "RUNNING": Outcome.RUNNING}


@dataclass(frozen=True)
class Attempt:
    """One attempt at a trial, on its device.

    Attributes:
        device: node and device.
        ended: when it was last heard of; what was lost with its driver was not ended by anybody.
    """

    record: TrialRecord
    device: str
    started: datetime
    ended: datetime

    @property
    def hours(self) -> float:
        """How long it had the device."""
        return max(0.0, (self.ended - self.started).total_seconds()) / 3600


@dataclass(frozen=True)
class Spent:
    """What a study had spent when a trial ended.

    Attributes:
        trials: how many had completed or been stopped.
        device_hours: how long devices had trained, failed attempts included.
    """

    record: TrialRecord
    trials: int
    device_hours: float


@dataclass(frozen=True)
class ReportedStudy:
    """Everything that a report says of a study.

    Attributes:
        records: the trials of ours that were asked for, by number.
        reports: the metrics of each epoch, as (number of the trial's first attempt, epoch, metrics).
        heard: when each trial was last heard of, by its number.
        folder: where its trials have their folders; None if that is not known.
    """

    name: str
    objectives: Sequence[Objective]
    records: Sequence[TrialRecord]
    reports: Sequence[tuple[int, int, Mapping[str, float | None]]]
    heard: Mapping[int, datetime]
    confirmations: Sequence[Confirmation]
    view: StudyView
    folder: Path | None

    @classmethod
    def read(cls, view: StudyView, runs_folder: Path) -> ReportedStudy:
        """Read a study from its store.

        Args:
            view: the study.
            runs_folder: where the folders of studies are.
        """
        records = [record for record in view.records() if record.state != "WAITING"]
        return cls(
            name=view.name,
            objectives=view.objectives,
            records=records,
            reports=view.reports(),
            heard=view.last_heard(),
            confirmations=confirmations_of(view),
            view=view,
            folder=study_folder(view, runs_folder),
        )

    @property
    def metrics(self) -> list[str]:
        """The metrics of its objectives."""
        return [objective.metric for objective in self.objectives]

    @cached_property
    def completed(self) -> list[TrialRecord]:
        """The completed trials, feasible or not, by number; none of which others deleted a value."""
        return [record for record in self.records if len(record.values) == len(self.objectives)]

    @cached_property
    def front(self) -> list[TrialRecord]:
        """The front, the best of the first objective first."""
        directions = [objective.direction for objective in self.objectives]
        return best_first(front_of(self.completed, directions), directions[0])

    @cached_property
    def outcomes(self) -> dict[int, Outcome]:
        """The outcome of each trial, by its number."""
        front = {record.number for record in self.front}
        outcomes = {record.number: _WORDS.get(record.state, Outcome.FAILED) for record in self.records}
        for record in self.completed:
            ended = Outcome.COMPLETED if record.is_feasible else Outcome.INFEASIBLE
            outcomes[record.number] = Outcome.FRONT if record.number in front else ended
        return outcomes

    @cached_property
    def last_attempts(self) -> dict[int, TrialRecord]:
        """The last attempt at each training, by the number of its first."""
        return {record.origin: record for record in self.records}

    @cached_property
    def attempts(self) -> list[Attempt]:
        """The attempts that trained on a device and have ended, in the order in which they began."""
        found = [_attempt(record, self.heard.get(record.number)) for record in self.records]
        return sorted(filter(None, found), key=lambda attempt: attempt.started)

    @cached_property
    def spending(self) -> list[Spent]:
        """What was spent when each trial ended, in that order."""
        hours = {attempt.record.number: attempt.hours for attempt in self.attempts}
        trials, device_hours, spent = 0, 0.0, []
        ended = [record for record in self.records if record.ended is not None]
        for record in sorted(ended, key=lambda record: (record.ended, record.number)):
            trials += record.state in COUNTED
            device_hours += hours.get(record.number, 0.0)
            spent.append(Spent(record, trials, device_hours))
        return spent

    @cached_property
    def importances(self) -> list[dict[str, float]]:
        """Of each objective the shares of the parameters, the largest first."""
        params = [record.params for record in self.completed]
        values = [record.values for record in self.completed]
        losses = as_losses(values, [objective.direction for objective in self.objectives])
        return [importances_of(params, column) for column in losses.T]

    @cached_property
    def logarithms(self) -> frozenset[str]:
        """The parameters of which the study searches the logarithm; none if its config cannot be read."""
        if self.view.unreadable:
            return frozenset()
        holes = ((each.name, each.hole) for each in self.view.config.space.parameters())
        return frozenset(name for name, hole in holes if getattr(hole, "log", False))

    @cached_property
    def params(self) -> list[str]:
        """The parameters that took more than one value, the most important for any objective first."""
        values: dict[str, set[str]] = {}
        for record in self.records:
            for name, value in record.params.items():
                values.setdefault(name, set()).add(repr(value))
        most = {name: max((each.get(name, 0.0) for each in self.importances), default=0.0) for name in values}
        varied = [name for name, found in values.items() if len(found) > 1]
        return sorted(varied, key=lambda name: -most[name])


def study_folder(view: StudyView, runs_folder: Path) -> Path | None:
    """Return the folder of a study; None if that is not known."""
    try:
        return view.folder_in(runs_folder)
    except UsageError:  # others changed what its name is made of
        return None


def _attempt(record: TrialRecord, heard: datetime | None) -> Attempt | None:
    facts: Mapping[str, Any] = record.attributes
    if "device" not in facts or record.ended is None or "same_as" in facts:
        return None
    started = moment_of(facts.get("started_at")) or record.started
    seconds = facts.get("seconds")
    if started is None:
        return None
    ended = started + timedelta(seconds=seconds) if isinstance(seconds, int | float) else heard or started
    return Attempt(record, f"{facts.get('node', '')} {facts['device']}", started, max(started, ended))
