"""A search on simulated devices: a clock, trainings that are known, and a contender that decides."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Training:
    """What a training would report.

    Attributes:
        values: the primary objective after each epoch `(epochs,)`; more is better.
        labels: the labelled images.
        seconds: device-seconds of each epoch `(epochs,)`.
        start_seconds: device-seconds before the first.
    """

    values: Array
    labels: int
    seconds: Array
    start_seconds: float

    def with_patience(self, patience: int) -> Training:
        """Return the training that ends once so many epochs brought nothing better."""
        best = np.maximum.accumulate(self.values)
        since = np.arange(len(best)) - np.array([self.values[: at + 1].argmax() for at in range(len(best))])
        late = np.flatnonzero(since >= patience)
        epochs = late[0] + 1 if len(late) else len(best)
        return Training(self.values[:epochs], self.labels, self.seconds[:epochs], self.start_seconds)


@dataclass(frozen=True)
class Reached:
    """What a trial has come to after an epoch.

    Attributes:
        epoch: from 1.
        value: the primary objective after this epoch.
        best: the same after its best epoch so far.
        labels: the labelled images.
    """

    epoch: int
    value: float
    best: float
    labels: int


class Contender(Protocol):
    """What decides in a search: the next trial, and whether one goes on."""

    def ask(self) -> tuple[int, Mapping[str, Any]] | None:
        """Return the next trial's number and its parameters; None if there is none."""

    def report(self, trial: int, reached: Reached) -> bool:
        """Take an epoch of a trial; return whether it is to be stopped. The last one is not asked for."""

    def tell(self, trial: int, reached: Reached, *, completed: bool) -> None:
        """Take the end of a trial, after the report of its last epoch."""


@dataclass(frozen=True)
class Ended:
    """A trial that has ended.

    Attributes:
        started, ended: when, by the simulated clock, in seconds.
        completed: whether it was trained to its end.
        reached: where it stood then.
    """

    started: float
    ended: float
    completed: bool
    reached: Reached


@dataclass(frozen=True)
class Search:
    """A search that is over.

    Attributes:
        trials: in the order in which they ended.
        ask_seconds: how long the contender took for each proposal, in CPU seconds.
    """

    trials: tuple[Ended, ...]
    ask_seconds: tuple[float, ...]

    @property
    def epochs(self) -> int:
        """How many epochs were trained in all."""
        return sum(each.reached.epoch for each in self.trials)

    @property
    def completed(self) -> int:
        """How many trials were trained to their end."""
        return sum(each.completed for each in self.trials)

    def device_seconds(self, clock: float) -> float:
        """Return how long devices had trained by then."""
        return sum(max(0.0, min(clock, each.ended) - each.started) for each in self.trials)


def simulate(
    contender: Contender, training_of: Callable[[Mapping[str, Any]], Training], devices: int
) -> Search:
    """Run a search; the contender's own time does not count on the simulated clock.

    What happens at one moment happens in the order in which it was scheduled.
    """
    ask_seconds: list[float] = []
    ended: list[Ended] = []
    order = itertools.count()
    due: list[tuple[float, int, _Running]] = []

    def start(now: float) -> None:
        began = time.process_time()
        asked = contender.ask()
        if asked is not None:
            ask_seconds.append(time.process_time() - began)
            number, params = asked
            running = _Running(number, now, training_of(params))
            heapq.heappush(
                due,
                (now + running.training.start_seconds + running.training.seconds[0], next(order), running),
            )

    for _ in range(devices):
        start(0.0)
    while due:
        now, _, running = heapq.heappop(due)
        reached = next(running.epochs)
        is_last = reached.epoch == len(running.training.values)
        stops = contender.report(running.number, reached)
        if is_last or stops:
            contender.tell(running.number, reached, completed=is_last)
            ended.append(Ended(running.started, now, is_last, reached))
            start(now)
        else:
            heapq.heappush(due, (now + running.training.seconds[reached.epoch], next(order), running))
    return Search(tuple(ended), tuple(ask_seconds))


class _Running:
    """A trial on a device."""

    def __init__(self, number: int, started: float, training: Training) -> None:
        self.number = number
        self.started = started
        self.training = training
        self.epochs = self._epochs()

    def _epochs(self) -> Iterator[Reached]:
        best = np.maximum.accumulate(self.training.values)
        for epoch, value in enumerate(self.training.values, start=1):
            yield Reached(epoch, float(value), float(best[epoch - 1]), self.training.labels)
