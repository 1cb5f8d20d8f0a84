"""One trial: what a worker is given, what it reports, and the three ways it can end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tuner.terminal_text import one_line

MAX_ATTEMPTS = 3
"""How often a trial is started in all when the machine, not its configuration, is at fault."""

HOST_OUT_OF_MEMORY = "host out of memory"
"""In the reason of a trial whose machine had no memory left for its worker; tried again once."""

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class TrialSpec:
    """All that a worker needs to train one trial; plain data, so that it travels as JSON.

    Attributes:
        number: Optuna's number of the trial in its study, from 0.
        params: what the sampler filled into the holes, by dotted path.
        config: the training config with every hole filled.
        epochs: how many epochs the whole training has, also when it goes on from a checkpoint.
        metric, direction: the primary objective, which the trainer's patience looks at.
        cpus: how many CPU threads the training may use.
        folder: where this attempt writes its checkpoints; workers and driver both reach it.
        checkpoint: the state to go on from, if an earlier attempt left one.
        reported: the epochs that the store has seen of it; the state may hold one more, lost on its way.
        attempt: 1, or more after a fault of the machine.
        retry_of: the number of the first attempt, if this is not it.
        lost_on: Ray's id of the node that lost the attempt before; this one had better run elsewhere.
    """

    number: int
    params: Mapping[str, Any]
    config: Mapping[str, Any]
    epochs: int
    metric: str
    direction: str
    cpus: float
    folder: str
    checkpoint: str | None = None
    reported: int = 0
    attempt: int = 1
    retry_of: int | None = None
    lost_on: str | None = None

    @property
    def origin(self) -> int:
        """The number under which this training was first asked for, whatever the attempt."""
        return self.number if self.retry_of is None else self.retry_of

    @property
    def may_retry(self) -> bool:
        """Whether another attempt is left, should the machine fail this one."""
        return self.attempt < MAX_ATTEMPTS


@dataclass(frozen=True)
class Span:
    """When a trial ran, by its worker's clock."""

    started: datetime
    seconds: float

    @property
    def ended(self) -> datetime:
        """The moment of its last report."""
        return self.started + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Report:
    """What a worker says after an epoch; the last one says how the training ended.

    Attributes:
        epoch: epochs trained so far, from 1; 0 if the training ended before its first.
        metrics: this epoch's evaluation.
        checkpoint: the state that was saved before this report.
        result: only on the last report of a training that ran to its end: the trial's metrics.
        stopped: only on the last report of a training whose configuration is at fault, and why.
        error: only on the last report of a training that raised: the traceback.
        facts: what is worth keeping about the training beside its metrics (device, split hash, …).
        span: when the training started on its device, and for how long it has run.
    """

    epoch: int
    metrics: Metrics
    checkpoint: str | None = None
    result: Metrics | None = None
    stopped: str | None = None
    error: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    span: Span | None = None

    @property
    def is_last(self) -> bool:
        """Whether the training says that it has ended."""
        return self.result is not None or self.stopped is not None or self.error is not None


Train = Callable[[TrialSpec], Iterator[Report]]
"""What a runner runs: one report an epoch, the last of which carries a result or a reason."""


@dataclass(frozen=True)
class Completed:
    """The training ran to its end; only these may stand on the front."""

    metrics: Metrics


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


def outcome_of(  # noqa: PLR0911 - a table of cases
    last: Report | None,
    objectives: Sequence[str],
    *,
    stopped_by: str | None = None,
    lost: str | None = None,
    attempt: int = 1,
) -> Outcome:
    """How a trial ended, from its worker's last report.

    Args:
        last: the last report, or None if there was none.
        objectives: the metrics that a completed trial must have.
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
        return Stopped(finite(last.metrics), last.epoch, last.stopped)
    if last.result is not None:
        return _completed(last.result, last.epoch, objectives)
    if stopped_by is not None:
        return Stopped(finite(last.metrics), last.epoch, stopped_by)
    return Failed(f"the training ended after epoch {last.epoch} without a result")


def _failed(reason: str, details: str, *, retry: bool = False) -> Failed:
    return Failed(reason, retry, details if details != reason else "")


def _completed(result: Metrics, epoch: int, objectives: Sequence[str]) -> Outcome:
    missing = [name for name in objectives if name not in result]
    if missing:
        return Failed(
            f"the result lacks {', '.join(missing)}; it has {', '.join(sorted(result)) or 'nothing'}"
        )
    broken = [f"{name} is {result[name]}" for name in objectives if not math.isfinite(result[name])]
    if broken:
        return Stopped(finite(result), epoch, f"not a finite result: {', '.join(broken)}")
    return Completed(finite(result))


def finite(metrics: Metrics) -> dict[str, float]:
    """The metrics that are numbers: a database's JSON has no NaN and no infinity."""
    return {name: value for name, value in metrics.items() if math.isfinite(value)}
