"""Follows the queue for the service that leads: what is queued, once a second, on a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tuner.errors import Conflict, Unreachable
from tuner.run.watchdog import watching
from tuner.store.lock import Replaced
from tuner.store.queue.leadership import LOOK_SECONDS, Leadership
from tuner.store.queue.queued_study import QueuedStudy
from tuner.store.queue.service_row import ServiceRow


class QueueFollower:
    """What the queue was when it was last looked at.

    Args:
        leadership: this service's.
        row: what is said of this service.
        say: told in a line that the database is away, and that it is back.

    Attributes:
        queued: the studies that are to be driven, in their order.
        looked: when that was, by the clock that only goes forward.
        lost: why this service leads no longer, if it does not: another does, or the store's file is gone.
        away_since: since when the database is away, by the same clock; None while it is there.
    """

    def __init__(
        self, leadership: Leadership, row: Callable[[], ServiceRow], say: Callable[[str], None]
    ) -> None:
        self.queued: Sequence[QueuedStudy] = ()
        self.looked = float("-inf")
        self.lost: Conflict | Replaced | None = None
        self.away_since: float | None = None
        self._leadership = leadership
        self._row = row
        self._say = say

    @contextmanager
    def following(self) -> Iterator[None]:
        """Look again and again while the block runs; then say that this service is gone.

        Raises:
            Replaced: the store's file is gone; a new process finds the file that is there then.
        """
        with watching("queue", self._look, LOOK_SECONDS):
            yield
        self._leadership.leave(self._row().service)
        if isinstance(self.lost, Replaced):
            raise self.lost

    def _look(self) -> bool:
        looked = time.monotonic()
        try:
            self.queued = self._leadership.look(self._row())
        except (Conflict, Replaced) as error:
            self.lost = error
            return False
        except Unreachable as error:
            if self.away_since is None:
                self._say(f"{error}; what runs goes on")
                self.away_since = looked
            return True
        if self.away_since is not None:
            self._say("the database is back")
            self.away_since = None
        self.looked = looked
        return True
