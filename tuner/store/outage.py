"""A database that is away: for how long, why, and calls that are made again until it is back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from optuna.exceptions import StorageInternalError
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from tuner.store.database import cause_of, display_url, is_outage
from tuner.store.hints import hint_for

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
        return f"the database {self.database} cannot be used: {self.cause}; {hint_for(self.cause)}"

    def __str__(self) -> str:
        return f"waiting for the database {self.database} (for {self.seconds:.0f} s): {self.cause}"


@dataclass
class Backoff:
    """How long to pause before the next try: twice as long each time."""

    seconds: float = field(default=0.1)

    def next(self) -> float:
        """Return the seconds of the next pause."""
        self.seconds = min(2 * self.seconds, LONGEST_PAUSE_SECONDS)
        return self.seconds


def retry(call: Callable[[], T]) -> T:
    """Return what the call returns; made again while the database is away, for `STARTING_SECONDS`.

    Raises:
        SQLAlchemyError: the database's last error, also where Optuna wrapped it.
    """
    backoff, end = Backoff(), time.monotonic() + STARTING_SECONDS
    while True:
        try:
            return call()
        except (SQLAlchemyError, StorageInternalError) as error:
            cause = (error.__cause__ or error) if isinstance(error, StorageInternalError) else error
            if not is_outage(cause) or time.monotonic() >= end:
                raise cause from None
        time.sleep(backoff.next())


def outage_of(error: BaseException, url: URL, before: Outage | None) -> Outage:
    """Return the outage that an error belongs to, with its cause.

    Args:
        error: what a call raised.
        url: the database's.
        before: the outage so far, which goes on; None if it begins.
    """
    since = before.since if before else time.monotonic()
    return Outage(display_url(url), since, cause_of(error))
