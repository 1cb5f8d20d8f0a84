"""What the writer takes for each kind of event on a database, and its queue on a simulated clock."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest.mock import patch

from benchmarks.scale.training import EPOCHS, config, training
from benchmarks.store.driven import METRICS, ask
from tuner.store.create_study import create_or_load
from tuner.store.open_study import driving
from tuner.store.tables.creation import make_store
from tuner.store.writing.writer import Writer
from tuner.study.events.event import Event
from tuner.study.outcome import Completed

Seconds = Mapping[str, Sequence[float]]
"""Of each kind of event what the writer took, one after another."""

TRIALS = 20
EVENTS_OF_A_TRIAL = 1 + 1 + EPOCHS + 1 + 1
"""Asked, placed, an epoch each, the last report, ended."""


def seconds_of_events(storage: str, folder: Path) -> Seconds:
    """Return what the writer took for the events of some trials, really written."""
    taken = defaultdict[str, list[float]](list)
    engine = make_store(storage, METRICS)
    study_config = config(TRIALS, "random")
    view = create_or_load(engine, study_config)
    with patch.object(Writer, "apply", _timed(Writer.apply, taken)):  # noqa: SIM117 - one is the other's
        with driving(view, study_config, folder) as (study, _):
            for _ in range(TRIALS):
                spec = ask(study, folder)
                study.place(spec, {"node": "a", "node_id": "b", "device": "gpu:0"})
                reports = [report for _, report in training(spec)]
                for report in reports:
                    study.report(spec, report)
                study.tell(spec, Completed(reports[-1].result or {}), reports[-1].span)
    engine.dispose()
    return taken


def seconds_of_a_trial(taken: Seconds) -> float:
    """Return the writer's seconds for all events of a trial."""
    once = {"Asked": 1, "Placed": 1, "Reported": EPOCHS + 1, "Ended": 1}
    return sum(count * fmean(taken[kind]) for kind, count in once.items())


def _timed(
    apply: Callable[..., bool], taken: defaultdict[str, list[float]]
) -> Callable[[Writer, int, Event | None], bool]:
    def timed(writer: Writer, number: int, event: Event | None) -> bool:
        began = time.perf_counter()
        written = apply(writer, number, event)
        taken[type(event).__name__].append(time.perf_counter() - began)
        return written

    return timed


@dataclass
class WriterQueue:
    """The writer on the simulated clock: each event takes what one of its kind took.

    Attributes:
        longest: the most events that waited.
        behind: the most seconds until all that waited was written.
        busy: seconds.
    """

    taken: Seconds
    longest: int = 0
    behind: float = 0.0
    busy: float = 0.0
    _free: float = 0.0
    _done: deque[float] = field(default_factory=deque)
    _next: dict[str, Any] = field(default_factory=dict)

    def add(self, event: Event, now: float) -> None:
        """Take an event."""
        kind = type(event).__name__
        seconds = next(self._next.setdefault(kind, cycle(self.taken[kind])))
        while self._done and self._done[0] <= now:
            self._done.popleft()
        self._free = max(self._free, now) + seconds
        self._done.append(self._free)
        self.busy += seconds
        self.longest = max(self.longest, len(self._done))
        self.behind = max(self.behind, self._free - now)
