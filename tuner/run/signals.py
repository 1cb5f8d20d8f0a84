"""SIGINT and SIGTERM: the first asks the driver to end well, within a time; the second ends it at once.

Python runs a signal's handler between two steps of the main thread, which may be in a call that does not
return: Ray's start, a training that hangs. So a thread of its own is told of every signal, by the byte that
the interpreter writes for it, and ends the process when its time is over.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM)
_OVER = 0  # no signal has this number
_FORCE_SHARE = 0.2  # of the grace, for what is still to be said when the rest was not enough


class StopSignal:
    """Whether this process was asked to stop, and by which signal.

    Attributes:
        received: the first signal, or None.
        before_force: called with the seconds it may take, before the process is ended by force because the
            grace is over; whatever it does, the process ends then.
        active: whether signals come here.
    """

    def __init__(self, grace_seconds: float = 30.0) -> None:
        self.received: signal.Signals | None = None
        self.before_force: Callable[[float], None] = lambda _seconds: None
        self.active = False
        self._grace_seconds = grace_seconds
        self._before = {number: signal.getsignal(number) for number in _NUMBERS}

    def arm(self) -> None:
        """Notes the next SIGINT or SIGTERM; also to be called when Ray has taken them.

        Python delivers signals to the main thread only; elsewhere this does nothing.
        """
        if threading.current_thread() is threading.main_thread():
            for number in _NUMBERS:
                signal.signal(number, self._note)

    def note(self, number: int) -> None:
        """Notes that this signal was received, unless one was before it."""
        self.received = self.received or signal.Signals(number)

    def disarm(self) -> None:
        """Gives the signals back to whom they belonged before."""
        if threading.current_thread() is threading.main_thread():
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def watch(self, told: int) -> None:
        """Reads a byte a signal until it is told that all is over, or ends the process."""
        end = None
        while True:
            seconds = None if end is None else max(0.0, end - time.monotonic())
            if not select.select([told], [], [], seconds)[0]:
                self._force()
            number = os.read(told, 1)[0]
            if number == _OVER:
                return
            if number in _NUMBERS:
                if end is not None:
                    _show_cursor()
                    os._exit(128 + number)
                self.note(number)
                end = time.monotonic() + (1 - _FORCE_SHARE) * self._grace_seconds

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.note(number)

    def _force(self) -> None:
        left = _FORCE_SHARE * self._grace_seconds
        last = threading.Timer(left, os._exit, [self.exit_code])
        last.daemon = True
        last.start()
        try:
            self.before_force(left / 2)
        finally:
            os._exit(self.exit_code)

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that ended by this signal."""
        return 128 + (self.received or 0)


@contextmanager
def stop_signal(grace_seconds: float) -> Iterator[StopSignal]:
    """Notes the first SIGINT or SIGTERM while the block runs, which then has so many seconds to end.

    A second one ends the process at once. Outside of the main thread no signal is noticed.
    """
    stop = StopSignal(grace_seconds)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=lambda: _forget(stop))
    watcher = threading.Thread(target=stop.watch, args=(told,), name="signals", daemon=True)
    watcher.start()
    stop.active = True
    stop.arm()
    try:
        yield stop
    finally:
        stop.active = False
        stop.disarm()
        signal.set_wakeup_fd(before)
        os.write(tell, bytes([_OVER]))
        watcher.join()
        os.close(told)
        os.close(tell)


def _forget(stop: StopSignal) -> None:
    """In a forked child, such as one that loads images: its signals are its own, and end it."""
    if stop.active:
        signal.set_wakeup_fd(-1)
        stop.disarm()


def _show_cursor() -> None:
    if os.isatty(2):  # the live table hides it
        os.write(2, b"\x1b[?25h\n")
