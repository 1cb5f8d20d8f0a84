"""A study in this process, one trial after another: the reference, and the debugger."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from tuner.run.session import Session
from tuner.run.watchdog import watching
from tuner.run.worker import reports_of
from tuner.study.trial import IN_DRIVER, Train

_LOOK_SECONDS = 0.5


def run_serially(session: Session, train: Train, hung: Callable[[str], None]) -> None:
    """Train one trial after another until the budget is met or the session is halted.

    Args:
        session: the driver's.
        train: one trial's training.
        hung: called with the title of a trial that took too long and was told so; it has to end this
            process, in which no training can be ended alone.
    """
    place = {"node": socket.gethostname(), "device": f"{IN_DRIVER}{os.getpid()}"}

    def look() -> bool:
        session.tick()
        for spec in session.overdue():
            if session.ended(spec, lost="it took too long"):
                hung(spec.title)
        return True

    with watching("hang-watch", look, _LOOK_SECONDS):
        while True:
            spec = session.ask(place)
            if spec is None:
                if session.settle():
                    continue
                return
            session.started(spec)
            session.began(spec)
            for report in reports_of(train, spec, place):
                if session.reported(spec, report):
                    break
            session.ended(spec)
            if session.halted:
                return
