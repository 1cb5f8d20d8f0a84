"""Reports and outcomes as the store has them: metrics, attributes, Optuna's state."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from optuna.trial import TrialState

from tuner.study.event import Reported
from tuner.study.trial import Completed, Failed, Outcome, Report, Span, Stopped
from tuner.terminal_text import one_line

STATE_OF = {Completed: TrialState.COMPLETE, Stopped: TrialState.PRUNED, Failed: TrialState.FAIL}


def attributes_of(outcome: Outcome, span: Span | None = None) -> dict[str, Any]:
    """Return what the store keeps of an outcome beside its state: its metrics, or the reason without them."""
    attributes: dict[str, Any] = {} if span is None else {"seconds": span.seconds}
    match outcome:
        case Completed():
            return attributes | dict(outcome.metrics)
        case Stopped():
            reason, details = one_line(outcome.reason), outcome.reason
            attributes |= outcome.metrics
        case Failed():
            reason, details = outcome.reason, outcome.details
    attributes["reason"] = reason
    if details.strip() not in ("", reason):
        attributes["traceback"] = details
    return attributes


def reported(number: int, epoch: int, report: Report, intermediate_metric: str | None) -> Reported:
    """Return the event of a report.

    Args:
        number: the trial's.
        epoch: the report's; 0 if it has no metrics of its own.
        report: what the worker reported.
        intermediate_metric: the metric that goes to Optuna's own table as well, if any does.
    """
    attributes = storable(dict(report.facts))
    if report.checkpoint is not None:
        attributes |= {"checkpoint": report.checkpoint, "epoch": report.epoch}
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
