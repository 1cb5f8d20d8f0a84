"""A thread that looks at something every now and then while a block runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def watching(name: str, look: Callable[[], bool], every_seconds: float) -> Iterator[None]:
    """Calls `look` on a thread of its own while the block runs, which does not end before a look has.

    Args:
        name: the thread's, as a debugger shows it.
        look: returns whether to look again.
        every_seconds: how long it waits before each look.
    """
    over = Event()

    def watch() -> None:
        while not over.wait(every_seconds) and look():
            pass

    watcher = Thread(target=watch, name=name, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
