"""What earlier drivers of a study could not tell the store: the next driver does, before it begins."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from tuner.store.database import cause_of, is_outage
from tuner.store.fence import Fence, is_of_this_store, read_claim
from tuner.store.lock import Lock
from tuner.store.reading.study_view import StudyView
from tuner.store.writing.trial_rows import read_rows
from tuner.store.writing.writer import Writer
from tuner.study.events.event import Event
from tuner.study.events.event_log import EventLog, read_log

logger = logging.getLogger(__name__)


def apply_leftover_logs(held: Lock, view: StudyView, folder: Path) -> None:
    """Apply what is left of the last driver's log, as that driver; drop the logs of those before it.

    Another driver has taken the study over from those, and with it their trials. The log of a driver of the
    study's copy in another store is left alone.

    Raises:
        SQLAlchemyError: the database went away; the logs stay.
    """
    with held.connection.begin():
        claim = read_claim(held.connection, view.study_id)
    if claim is None:
        return
    for file in sorted(folder.glob("*.log")):
        if file.stem == claim.driver:
            _apply(held, view, file, claim.applied)
        elif is_of_this_store(file.stem, claim):
            _drop(file)


def _apply(held: Lock, view: StudyView, file: Path, applied: int) -> None:
    driver, damaged = file.stem, False
    with held.connection.begin():
        rows = read_rows(held.connection, view.study_id, driver)
    writer = Writer(held, Fence(view.study_id, driver), EventLog(None), rows, view.name)
    for number, event in read_log(file):
        damaged |= event is None
        if number <= applied:
            continue
        for missing in range(applied + 1, number):
            writer.apply(missing, None)
        applied = number
        damaged |= not _apply_one(writer, number, event)
    if damaged:
        aside = file.with_suffix(".damaged")
        logger.warning("%s cannot be read in full, and is left as %s", file, aside.name)
        file.replace(aside)
    else:
        file.unlink()


def _apply_one(writer: Writer, number: int, event: Event | None) -> bool:
    """Whether the event could be applied; one that the store refuses is left out."""
    if event is not None:
        try:
            written = writer.apply(number, event)
        except (SQLAlchemyError, KeyError, ValueError) as error:
            if is_outage(error):
                raise
            logger.warning("%s cannot be stored, and is left out: %s", event, cause_of(error))
        else:
            if written:
                logger.warning("%s is stored now: its driver ended before it could", event)
            else:
                logger.warning("%s cannot be stored, and is left out: its trial does not run", event)
            return written
    writer.apply(number, None)
    return False


def _drop(file: Path) -> None:
    for _, event in read_log(file):
        if event is not None:
            logger.warning("%s is dropped: another driver has taken the study over", event)
    file.unlink()
