"""A database that is away: for how long, why, and calls that are made again until it is back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import SQLAlchemyError

from tuner.store.database import is_outage, unusable

STARTING_SECONDS = 10
"""How long a launch that begins waits; its user wants to know at once that it cannot."""

LONGEST_PAUSE_SECONDS = 5

T = TypeVar("T")


@dataclass(frozen=True)
class Outage:
    """A database that is away, and its last error.

    Attributes:
        database: its URL without the password.
        since: when it was first missed, by the clock that only goes forward.
        cause: its own words, or its driver's.
    """

    database: str
    since: float
    cause: str

    @property
    def seconds(self) -> float:
        """For how long it has been missed."""
        return time.monotonic() - self.since

    @property
    def refusal(self) -> str:
        """Why the database cannot be used, and what to do about it."""
        return unusable(self.database, self.cause)

    def __str__(self) -> str:
        return f"waiting for the database {self.database} (for {self.seconds:.0f} s): {self.cause}"


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each further try: twice as long each time."""
    seconds = 0.1
    while True:
        seconds = min(2 * seconds, LONGEST_PAUSE_SECONDS)
        yield seconds


def unwrapped(error: Exception) -> BaseException:
    """Return the error that Optuna wrapped, or the error itself if Optuna wrapped none."""
    return (error.__cause__ or error) if isinstance(error, StorageInternalError) else error


def retry(call: Callable[[], T]) -> T:
    """Return what the call returns; made again while the database is away, for `STARTING_SECONDS`.

    Raises:
        SQLAlchemyError: the database's last error, also where Optuna wrapped it.
    """
    pause, end = pauses(), time.monotonic() + STARTING_SECONDS
    while True:
        try:
            return call()
        except (SQLAlchemyError, StorageInternalError) as error:
            cause = unwrapped(error)
            if not is_outage(cause) or time.monotonic() >= end:
                raise cause from None
        time.sleep(next(pause))
