"""Which study gets the next device: fair by priority over time, at most so many devices a study.

Start-time fair queueing (Goyal, Vin & Cheng, SIGCOMM 1996): a trial moves its study on by its length over the
study's priority, and the study that is least far gets the next device. How long a trial will take is not
known when it begins, so the mean of those before it stands for it until it has ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import fmean

_FIRST_GUESS_SECONDS = 1.0
_LENGTHS = 20  # of the last trials, whose mean is the guess


@dataclass
class _Account:
    priority: int
    position: float
    running: dict[int, tuple[float, float]] = field(default_factory=dict)  # start and guess, by trial
    lengths: list[float] = field(default_factory=list)

    def reaches(self, now: float) -> float:
        """Return how far it is, with trials that take longer than was guessed."""
        over = sum(max(0.0, now - start - guess) for start, guess in self.running.values())
        return self.position + over / self.priority


class Shares:
    """The devices that studies have had, in seconds over their priorities.

    A study that comes later begins where the others are: it neither waits for them nor they for it. What a
    study had no use for is not owed to it.

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._accounts: dict[int, _Account] = {}
        self._reached = 0.0  # where the study was that got the last device
        self._lengths: list[float] = []

    def join(self, study: int, priority: int) -> None:
        """Let a study have its share from here on, or change its priority."""
        account = self._accounts.setdefault(study, _Account(priority, self._reached))
        account.priority = priority

    def leave(self, study: int) -> None:
        """Forget a study."""
        self._accounts.pop(study, None)

    def in_turn(self, studies: Iterable[int]) -> list[int]:
        """Return the studies, the one first that is to get the next device."""
        now = self._clock()
        return sorted(studies, key=lambda study: (self._accounts[study].reaches(now), study))

    def begins(self, study: int, trial: int) -> None:
        """Note that a study gets a device for a trial."""
        account = self._accounts[study]
        lengths = account.lengths or self._lengths
        guess = fmean(lengths) if lengths else _FIRST_GUESS_SECONDS
        account.position = max(account.position, self._reached)
        self._reached = account.position
        account.position += guess / account.priority
        account.running[trial] = self._clock(), guess

    def ends(self, study: int, trial: int) -> None:
        """Note that a trial has ended, and how long it took."""
        account = self._accounts.get(study)
        if account is None or trial not in account.running:
            return
        start, guess = account.running.pop(trial)
        seconds = self._clock() - start
        account.position += (seconds - guess) / account.priority
        for lengths in (account.lengths, self._lengths):
            lengths.append(seconds)
            del lengths[:-_LENGTHS]
