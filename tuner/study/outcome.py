"""How a trial ended: completed, stopped or failed; decided here, and what the store keeps of it.

A trial whose driver ends before it does never comes here: `Study.interrupt_running` fails it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optuna.trial import TrialState

from tuner.config.study_config import StudyConfig
from tuner.study.constraints import constraint_values
from tuner.study.trial import Metrics, Report, Span
from tuner.terminal_text import one_line

HOST_OUT_OF_MEMORY = "host out of memory"
"""In the reason of a trial whose machine had no memory left for its worker; tried again once."""


@dataclass(frozen=True)
class Completed:
    """The training ran to its end; only these may stand on the front.

    Attributes:
        metrics: the trial's; means, if it was trained several times.
        results: then, the metrics of each training.
    """

    metrics: Metrics
    results: Sequence[Metrics] = ()


@dataclass(frozen=True)
class Stopped:
    """Ended early, or ended by its own configuration's fault; the sampler learns to keep away."""

    metrics: Metrics
    epoch: int
    reason: str


@dataclass(frozen=True)
class Failed:
    """The machine's fault (`retry`: queued again) or a bug (kept with its traceback, not retried).

    Attributes:
        reason: why, in one line.
        retry: whether another attempt is worth it.
        details: the whole message, such as a traceback; empty if the reason is all.
    """

    reason: str
    retry: bool = False
    details: str = ""


Outcome = Completed | Stopped | Failed

STATE_OF = {Completed: TrialState.COMPLETE, Stopped: TrialState.PRUNED, Failed: TrialState.FAIL}
"""Optuna's state of a trial that ended so."""


def outcome_of(  # noqa: PLR0911 - a table of cases
    last: Report | None,
    required: Sequence[str],
    *,
    stopped_by: str | None = None,
    lost: str | None = None,
    attempt: int = 1,
) -> Outcome:
    """How a trial ended, from its worker's last report.

    Args:
        last: the last report, or None if there was none.
        required: the metrics that a completed trial must have, finite: of objectives and constraints.
        stopped_by: why the driver ended the trial, if it did: early stopping, or its time is over.
        lost: how the worker was lost, if it was; the last line is the reason.
        attempt: the trial's; what took all memory of its machine twice would take it again.
    """
    if lost is not None and stopped_by is None:
        retry = attempt == 1 or HOST_OUT_OF_MEMORY not in lost
        return _failed((lost.splitlines() or [lost])[-1], lost, retry=retry)
    if last is None:
        return Stopped({}, 0, stopped_by) if stopped_by else Failed("the training ended without a report")
    if last.error is not None:
        return _failed(one_line(last.error), last.error)
    if last.stopped is not None:
        return Stopped(_finite(last.metrics), last.epoch, last.stopped)
    if last.result is not None:
        return _completed(last.result, last.epoch, required)
    if stopped_by is not None:
        return Stopped(_finite(last.metrics), last.epoch, stopped_by)
    return Failed(f"the training ended after epoch {last.epoch} without a result")


def values_of(outcome: Outcome, config: StudyConfig) -> tuple[list[float] | None, dict[str, float]]:
    """Return the values of a completed trial's objectives and constraints; None and {} of another trial."""
    if not isinstance(outcome, Completed):
        return None, {}
    values = [outcome.metrics[objective.metric] for objective in config.objectives]
    return values, constraint_values(config.constraints, outcome.metrics)


def attributes_of(outcome: Outcome, span: Span | None = None) -> dict[str, Any]:
    """Return what the store keeps of an outcome beside its state: its metrics, or the reason without them."""
    attributes: dict[str, Any] = {} if span is None else {"seconds": span.seconds}
    match outcome:
        case Completed():
            results = {"results": list(outcome.results)} if outcome.results else {}
            return attributes | dict(outcome.metrics) | results
        case Stopped():
            reason, details = one_line(outcome.reason), outcome.reason
            attributes |= outcome.metrics
        case Failed():
            reason, details = outcome.reason, outcome.details
    attributes["reason"] = reason
    if details.strip() not in ("", reason):
        attributes["traceback"] = details
    return attributes


def _failed(reason: str, details: str, *, retry: bool = False) -> Failed:
    return Failed(reason, retry, details if details != reason else "")


def _completed(result: Metrics, epoch: int, required: Sequence[str]) -> Outcome:
    missing = [name for name in required if name not in result]
    if missing:
        return Failed(
            f"the result lacks {', '.join(missing)}; it has {', '.join(sorted(result)) or 'nothing'}"
        )
    broken = [f"{name} is {result[name]}" for name in required if not math.isfinite(result[name])]
    if broken:
        return Stopped(_finite(result), epoch, f"not a finite result: {', '.join(broken)}")
    return Completed(_finite(result))


def _finite(metrics: Metrics) -> dict[str, float]:
    # A database's JSON has no NaN and no infinity.
    return {name: value for name, value in metrics.items() if math.isfinite(value)}
