"""SIGINT and SIGTERM: the first asks the driver to end well, the second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopSignal:
    """Whether this process was asked to stop, and by which signal."""

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def arm(self) -> None:
        """Notes the next SIGINT or SIGTERM, unless one was noted; also to be called when Ray has taken them.

        Python delivers signals to the main thread only; elsewhere this does nothing.
        """
        if self.received is None and threading.current_thread() is threading.main_thread():
            for number in self._before:
                signal.signal(number, self._note)

    def disarm(self) -> None:
        """Gives the signals back to whom they belonged before."""
        if threading.current_thread() is threading.main_thread():
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.received = signal.Signals(number)
        self.disarm()

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that ended by this signal."""
        return 128 + (self.received or 0)


@contextmanager
def stop_signal() -> Iterator[StopSignal]:
    """Notes the first SIGINT or SIGTERM while the block runs; a second one does what it always does."""
    stop = StopSignal()
    stop.arm()
    try:
        yield stop
    finally:
        stop.disarm()
