"""Patience with a database that is away: calls are made again, and somebody is told what is waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import tenacity
from optuna.exceptions import StorageInternalError
from sqlalchemy import URL
from sqlalchemy.exc import PendingRollbackError

from tuner.study.store.database import cause_of, is_outage, shown

PATIENCE_SECONDS = 300
STARTING_SECONDS = 10
HURRIED_SECONDS = 3
LONGEST_PAUSE_SECONDS = 15
_LOOK_SECONDS = 0.25
_IN_BROKEN_TRANSACTION = "25P02"

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Outage:
    """A database that is away, and what it said last.

    Attributes:
        since: when it was first missed, by the clock that only goes forward.
    """

    database: str
    since: float
    cause: str
    now: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """For how long it has been missed."""
        return self.now - self.since

    def __str__(self) -> str:
        return f"waiting for the database {self.database} (for {self.seconds:.0f} s): {self.cause}"


class Patience:
    """Makes calls to one database, again and again while it is away.

    A launch that begins wants to know at once that it cannot; one that runs waits for minutes, while its
    trials train on; one that was told to end waits for seconds.

    Attributes:
        begun: whether the launch has begun.
        hurried: asked while it waits: whether the launch was told to end.
        tell: told of an outage several times a second while it lasts, and of its end as None.
    """

    def __init__(self, url: URL) -> None:
        self.begun = False
        self.hurried: Callable[[], bool] = lambda: False
        self.tell: Callable[[Outage | None], None] = self._log
        self._database = shown(url)
        self._outage: Outage | None = None
        self._logged = False

    def __call__(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What the call returns once the database is there.

        What the database says in the end is raised as it said it: Optuna wraps it in an error of its own.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_outage),
            wait=tenacity.wait_exponential(multiplier=0.2, max=LONGEST_PAUSE_SECONDS),
            stop=self._is_over,
            before_sleep=self._note,
            sleep=self._pause,
            reraise=True,
        )
        done: T = retrying(_unwrapped, call, *arguments, **named)
        if self._outage is not None:
            self._outage = None
            self.tell(None)
        return done

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        waited = state.seconds_since_start or 0.0
        if self.hurried():
            return waited >= HURRIED_SECONDS
        return waited >= (PATIENCE_SECONDS if self.begun else STARTING_SECONDS)

    def _note(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        since = self._outage.since if self._outage else state.start_time
        self._outage = Outage(self._database, since, cause_of(error) if error else "no answer")

    def _pause(self, seconds: float) -> None:
        """Waits, unless the launch is told to end; says for how long it has waited."""
        end = time.monotonic() + seconds
        hurried_before = self.hurried()
        while (left := end - time.monotonic()) > 0 and self.hurried() == hurried_before:
            if self._outage is not None:
                self.tell(Outage(self._database, self._outage.since, self._outage.cause))
            time.sleep(min(left, _LOOK_SECONDS))

    def _log(self, outage: Outage | None) -> None:
        if outage is None:
            logger.warning("the database %s is back", self._database)
        elif not self._logged:
            logger.warning("%s", outage)
        self._logged = outage is not None


def _unwrapped(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    try:
        return call(*arguments, **named)
    except StorageInternalError as error:
        raise _broke_the_transaction(error.__cause__ or error) from None


def _broke_the_transaction(said: BaseException) -> BaseException:
    """What broke the transaction, if this only says that it is broken: Optuna's reads go on in it."""
    while _says_that_it_is_broken(said) and said.__context__ is not None:
        said = said.__context__
    return said


def _says_that_it_is_broken(said: BaseException) -> bool:
    code = getattr(getattr(said, "orig", said), "pgcode", None)
    return code == _IN_BROKEN_TRANSACTION or isinstance(said, PendingRollbackError)
