"""A study in this process, one trial after another: the reference, and the debugger."""

from __future__ import annotations

import os
import socket

from tuner.run.session import Session
from tuner.run.worker import reports_of
from tuner.study.trial import Train


def run_serially(session: Session, train: Train) -> None:
    """Trains one trial after another until the budget is met or the session is halted."""
    place = {"node": socket.gethostname(), "device": f"process:{os.getpid()}"}
    while (spec := session.ask().result()) is not None:
        session.started(spec)
        session.began(spec)
        for report in reports_of(train, spec, place):
            if session.reported(spec, report):
                break
        session.ended(spec)
        if session.halted:
            return
