"""What a driver decides and hears of its trials: plain data, each with all that its transaction needs.

In all of them `number` is the trial's in its study, times are UTC in ISO 8601, and `attributes` are the
trial's user attributes. The sampler keeps `system_attributes` with the trial and `study_attributes` with the
study. `row` is the trial's row in the store, if another program queued it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from tuner.study.events.external_changes import ExternalChange
from tuner.study.trial import Report

Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Queued:
    """A trial that waits to be asked for: the next attempt of one that has ended.

    Attributes:
        params: its parameters; what is missing is proposed when it is asked for.
        attributes: what the attempt before hands on, such as its checkpoint.
    """

    number: int
    params: Attributes
    attributes: Attributes


@dataclass(frozen=True)
class Asked:
    """A trial that was asked for, and runs from here on.

    Attributes:
        params: of each parameter its value as Optuna stores it, and its distribution as JSON.
        attributes: such as the filled config and the attempt.
        was_queued: whether the trial waited in the store.
    """

    number: int
    at: str
    params: Mapping[str, Sequence[Any]]
    attributes: Attributes
    system_attributes: Attributes = field(default_factory=dict)
    study_attributes: Attributes = field(default_factory=dict)
    was_queued: bool = False
    row: int | None = None

    def __str__(self) -> str:
        return f"trial {self.number}"


@dataclass(frozen=True)
class Placed:
    """Where a trial runs, before it reports anything."""

    number: int
    attributes: Attributes

    def __str__(self) -> str:
        return f"the place of trial {self.number}"


@dataclass(frozen=True)
class Reported:
    """One report of a running trial.

    Attributes:
        epoch: epochs trained so far; 0 if there is no report to keep, only attributes.
        metrics: the epoch's metrics; None in place of a number that is not finite.
        attributes: such as the checkpoint and the device.
        intermediate: the primary objective, for Optuna's own table; None to leave it out.
    """

    number: int
    epoch: int
    at: str
    metrics: Mapping[str, float | None]
    attributes: Attributes
    intermediate: float | None = None

    def __str__(self) -> str:
        return f"epoch {self.epoch} of trial {self.number}"


@dataclass(frozen=True)
class Ended:
    """How a trial ended, and the next attempt if there is one.

    Attributes:
        state: Optuna's state: COMPLETE, PRUNED or FAIL.
        values: one an objective of a completed trial; of a pruned one what Optuna keeps; else empty.
        attributes: the metrics, or the reason.
        started: when it began on its device; None to leave the time of the ask.
        again: the next attempt, which takes its place in the same transaction.
        row: set if it is refused, and never ran.
        same_as: the number of the trial whose result it has, if it was not trained.
    """

    number: int
    state: str
    ended: str
    attributes: Attributes
    values: Sequence[float] = ()
    system_attributes: Attributes = field(default_factory=dict)
    study_attributes: Attributes = field(default_factory=dict)
    started: str | None = None
    again: Queued | None = None
    row: int | None = None
    same_as: int | None = None

    def __str__(self) -> str:
        return f"the outcome of trial {self.number}"


Event = Asked | Placed | Reported | Ended


class EventWriter(Protocol):
    """What a study gives its events to; the store has one."""

    def append(self, event: Event) -> None:
        """Take an event; it outlives this process when this returns."""

    def changes(self) -> Iterator[ExternalChange]:
        """Yield what other programs did since the last call."""


_KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in (Asked, Placed, Reported, Ended)}


def to_json(event: Event) -> str:
    """The event as one line of JSON."""
    fields = dict(vars(event))
    if isinstance(event, Ended) and event.again is not None:
        fields["again"] = vars(event.again)
    return json.dumps({"kind": type(event).__name__, **fields})


def from_json(line: str) -> Event:
    """The event that `to_json` was given.

    Raises:
        ValueError: the line is no event.
    """
    try:
        fields = json.loads(line)
        event = _KINDS[fields.pop("kind")](**fields)
        if isinstance(event, Ended) and event.again is not None:
            return replace(event, again=Queued(**fields["again"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is no event: {error!r}") from error
    return event


def reported(number: int, epoch: int, report: Report, intermediate_metric: str | None) -> Reported:
    """Return the event of a report.

    Args:
        number: the trial's.
        epoch: the report's; 0 if it has no metrics of its own.
        report: what the worker reported.
        intermediate_metric: the metric that goes to Optuna's own table as well, if any does.
    """
    attributes = storable(dict(report.facts))
    if report.epoch:
        attributes["epoch"] = report.epoch
    if report.checkpoint is not None:
        attributes["checkpoint"] = report.checkpoint
    metrics = {name: value if math.isfinite(value) else None for name, value in report.metrics.items()}
    intermediate = metrics.get(intermediate_metric) if intermediate_metric and epoch else None
    return Reported(number, epoch, utc_now(), metrics, attributes, intermediate)


def utc_now() -> str:
    """Return the time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat()


def utc(moment: datetime) -> str:
    """Return a time in UTC, ISO 8601."""
    return moment.astimezone(UTC).isoformat()


def storable(value: Any) -> Any:
    """Return a value as both databases can give it back: no NUL, no half of a surrogate pair, no NaN."""
    match value:
        case str():
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
        case float():
            return value if math.isfinite(value) else str(value)
        case dict():
            return {storable(key): storable(each) for key, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
    return value
