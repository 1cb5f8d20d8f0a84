"""Visitors of a study's page, which poll as that page does."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial

from benchmarks.dashboard.served import Served

INTERVAL_SECONDS = 10.0
"""What the page waits between two polls, unless a study has fewer than 500 trials."""


@dataclass(frozen=True)
class Visits:
    """How long visitors waited for the study, in seconds.

    Attributes:
        first: until the last of those who came at the same time had all trials.
        first_cpu: CPU seconds of the dashboard meanwhile.
        polls: until each poll was answered.
    """

    first: float
    first_cpu: float
    polls: Sequence[float]

    @property
    def poll(self) -> float:
        """The median of the polls."""
        return median(self.polls)


def visit(served: Served, visitors: int, trials: int, seconds: float) -> Visits:
    """Let visitors come at the same time, look at all trials and the importances, and poll for so long.

    The page asks for the trials from the first on that may still change, here for those after the known ones.
    """
    before = served.cpu_seconds()
    with ThreadPoolExecutor(visitors) as pool:
        first = max(pool.map(lambda _: served.ask("/api/studies/1")[0], range(visitors)))
        first_cpu = served.cpu_seconds() - before
        list(pool.map(lambda _: served.ask("/api/studies/1/param_importances"), range(visitors)))
        end = time.monotonic() + seconds
        polled = pool.map(lambda seed: list(_polls(served, seed, trials, end)), range(visitors))
        return Visits(first, first_cpu, [each for polls in polled for each in polls])


def _polls(served: Served, seed: int, trials: int, end: float) -> Iterator[float]:
    at = time.monotonic() + random.Random(seed).uniform(0, INTERVAL_SECONDS)  # pages are not in step
    while at < end:
        time.sleep(max(0.0, at - time.monotonic()))
        yield served.ask(f"/api/studies/1?after={trials}")[0]
        served.ask("/api/studies/1/param_importances")  # the number of completed trials is another one
        at += INTERVAL_SECONDS


@contextmanager
def trials_ending(storage: RDBStorage, template: FrozenTrial) -> Iterator[None]:
    """Another program adds a trial a second to the study while the block runs: no two polls see the same."""
    ended = threading.Event()

    def add() -> None:
        while not ended.wait(1):
            storage.create_new_trial(1, template_trial=template)

    adding = threading.Thread(target=add)
    adding.start()
    try:
        yield
    finally:
        ended.set()
        adding.join()
