"""One trial: what a worker is given to train it, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any, Literal

IN_DRIVER = "process:"
"""What the device of a trial begins with that trains in its driver's own process."""

MAX_ATTEMPTS = 3
"""How often a trial is started in all when the machine, not its configuration, is at fault."""

Metrics = Mapping[str, float]


def mean_of(results: Sequence[Metrics]) -> dict[str, float]:
    """Return the mean of each metric that all of some trainings have."""
    first, *others = results
    names = [name for name in first if all(name in other for other in others)]
    return {name: fmean(result[name] for result in results) for name in names}


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
        checkpoint_seconds: the least time between two checkpoints; 0 for one after each epoch.
        reported: the last epoch that the store has seen of it. The state may hold fewer, which are trained
            again and not reported, or one more, lost on its way.
        attempt: 1, or more after a fault of the machine.
        retry_of: the number of the first attempt, if this is not it.
        lost_on: Ray's id of the node that lost the attempt before; this one had better run elsewhere.
        results: what the trainings of this trial before this one gave, if the study replicates.
        judge_on: the split that the result is measured on, at the weights of the epoch that was best on
            validation; never the test split while a study searches.
        label: what people call it, if not by its number.
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
    checkpoint_seconds: float = 0
    reported: int = 0
    attempt: int = 1
    retry_of: int | None = None
    lost_on: str | None = None
    results: Sequence[Metrics] = ()
    judge_on: Literal["validation", "test"] = "validation"
    label: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.label or f"trial {self.number}"

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

    def begun_earlier(self, seconds: float) -> Span:
        """Return the span with so many seconds more before its start."""
        return Span(self.started - timedelta(seconds=seconds), self.seconds + seconds)

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
        checkpoint: the last state that was saved before this report.
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
