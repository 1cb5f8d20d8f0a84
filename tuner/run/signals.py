"""SIGINT, SIGTERM, SIGHUP: the first asks the driver to end well, within a time; the second ends it at once.

Python runs a signal's handler between two steps of the main thread, which may be in a call that does not
return: Ray's start, a training that hangs. So a thread of its own is told of every signal, by the byte that
the interpreter writes for it, and ends the process when its time is over.

What becomes of the trials that run is decided elsewhere: `Session` halts, and `Study.interrupt_running`
queues them again.
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

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_OVER = 0  # no signal has this number
_FORCE_SHARE = 0.2  # of the grace, for what is still to be said when the rest was not enough


class StopSignal:
    """Whether this process was asked to stop, and by which signal.

    Attributes:
        received: the first signal, or None.
        active: whether signals come here.
    """

    def __init__(
        self, grace_seconds: float = 30.0, before_force: Callable[[float], None] | None = None
    ) -> None:
        self.received: signal.Signals | None = None
        self.active = False
        self._grace_seconds = grace_seconds
        self._before_force = before_force
        # A process that was started with nohup outlives its terminal.
        self._before = {
            number: handler
            for number in _NUMBERS
            if (handler := signal.getsignal(number)) is not signal.SIG_IGN or number != signal.SIGHUP
        }

    def arm(self) -> None:
        """Note the next signal; also to be called when Ray has taken SIGTERM for itself.

        Python delivers signals to the main thread only; in another thread this does nothing.
        """
        if threading.current_thread() is threading.main_thread():
            for number in self._before:
                signal.signal(number, self._note)

    def note(self, number: int) -> None:
        """Note that this signal was received, unless one was before it."""
        self.received = self.received or signal.Signals(number)

    def ask(self) -> None:
        """Stop as at a first Ctrl-C, once."""
        if not self.active:
            self.note(signal.SIGINT)
        elif self.received is None:
            os.kill(os.getpid(), signal.SIGINT)

    def disarm(self) -> None:
        """Restore the handlers that were there before."""
        if threading.current_thread() is threading.main_thread():
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def watch(self, pipe: int) -> None:
        """Read a byte for each signal until the one that says that all is over, or end the process."""
        end = None
        poll = select.poll()  # select() itself takes no file beyond a process's thousandth
        poll.register(pipe, select.POLLIN)
        while True:
            milliseconds = None if end is None else 1000 * max(0.0, end - time.monotonic())
            if not poll.poll(milliseconds):
                self._force()
            number = os.read(pipe, 1)[0]
            if number == _OVER:
                return
            if number in self._before:
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
            if self._before_force is not None:
                self._before_force(left / 2)
        finally:
            os._exit(self.exit_code)

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that ended by this signal."""
        return 128 + (self.received or 0)


@contextmanager
def stop_signal(
    grace_seconds: float, before_force: Callable[[float], None] | None = None
) -> Iterator[StopSignal]:
    """Note the first SIGINT, SIGTERM or SIGHUP while the block runs; a second one ends the process at once.

    A SIGHUP that this process ignores (`nohup`) stays ignored. Outside of the main thread no signal is noted.

    Args:
        grace_seconds: how long the block may run on after the first signal.
        before_force: called on another thread with the seconds it may take, before the process is ended by
            force because the grace is over; whatever it does, the process ends then.
    """
    stop = StopSignal(grace_seconds, before_force)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=lambda: _forget(stop))
    watcher = threading.Thread(target=stop.watch, args=(reading,), name="signals", daemon=True)
    watcher.start()
    stop.active = True
    stop.arm()
    try:
        yield stop
    finally:
        stop.active = False
        stop.disarm()
        signal.set_wakeup_fd(before)
        os.write(writing, bytes([_OVER]))
        watcher.join()
        os.close(reading)
        os.close(writing)


def _forget(stop: StopSignal) -> None:
    """In a forked child, such as one that loads images: its signals are its own, and end it."""
    if stop.active:
        signal.set_wakeup_fd(-1)
        stop.disarm()


def _show_cursor() -> None:
    if os.isatty(2):  # the live table hides it
        os.write(2, b"\x1b[?25h\n")
