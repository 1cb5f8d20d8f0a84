"""Takes the right to drive a study of a store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from tuner.config.study_config import StudyConfig
from tuner.store import lock
from tuner.store.confirmations.confirmation_sql import forget_deleted_trials
from tuner.store.fence import Fence, claim_study, holder_of, lock_study, new_token, read_claim
from tuner.store.outage import retry
from tuner.store.reading.history_reader import read_history
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.optuna_tables import study_user_attributes
from tuner.store.writing.event_sql import set_attributes
from tuner.store.writing.external_reader import fill_gaps, forget_orphans
from tuner.store.writing.leftover_logs import apply_leftover_logs
from tuner.store.writing.trial_rows import read_rows
from tuner.store.writing.writer import Writer
from tuner.study.asking.asker import NO_CODE, Asker
from tuner.study.events.event_log import EventLog
from tuner.study.events.external_changes import is_driven, is_gone
from tuner.study.history import History
from tuner.study.study import Study
from tuner.versions import this_process

NAME = text("SELECT study_name FROM studies WHERE study_id = :study_id")


@contextmanager
def driving(
    view: StudyView,
    config: StudyConfig,
    runs_folder: Path | None = None,
    *,
    code: Mapping[str, str] = NO_CODE,
) -> Iterator[tuple[Study, Writer]]:
    """Make this process the study's one driver; trials that another left RUNNING are queued again.

    Before that the store gets what that driver could not tell it. When the block ends, it waits for the store
    to have all events, but not for a database that is away. Yields the study, and the writer of its events.

    Args:
        view: the study in the store.
        config: its config, which the store gets.
        runs_folder: where studies have their folders; without it nothing outlives this process.
        code: what is noted with each trial of the code beside this project's that trains it.

    Raises:
        Conflict: another process drives the study, or it was deleted or renamed meanwhile.
    """
    with without_driver(view) as held:
        study, writer = retry(lambda: _begin(view, config, held, runs_folder, code))
        with writer.running():
            study.interrupt_running("its driver ended before it did")
            yield study, writer
        if study.conflict is not None:
            raise study.conflict


@contextmanager
def without_driver(view: StudyView) -> Iterator[lock.Lock]:
    """Keep every other driver away from the study while the block runs.

    Raises:
        Conflict: another process drives the study.
    """
    try:
        with lock.exclusive(view.engine, lock.driver_purpose(view.study_id), wait=False) as held:
            yield held
    except lock.Locked:
        raise is_driven(view.name, holder_of(view.engine, view.study_id)) from None


def _begin(
    view: StudyView,
    config: StudyConfig,
    held: lock.Lock,
    runs_folder: Path | None,
    code: Mapping[str, str],
) -> tuple[Study, Writer]:
    """Take the study over; may be called again where the database went away on the way."""
    held.take_again()
    connection = held.connection
    folder = view.folder_in(runs_folder) / "events" if runs_folder else None
    with connection.begin():
        if conflict := is_gone(view.name, connection.scalar(NAME, {"study_id": view.study_id})):
            raise conflict
    if folder is not None:
        apply_leftover_logs(held, view, folder)
    with connection.begin():
        lock_study(connection, view.study_id)
        driver = new_token(read_claim(connection, view.study_id))
        forget_orphans(connection)
        fill_gaps(connection, view.study_id)
        forget_deleted_trials(connection, view.study_id)
        claim_study(connection, view.study_id, driver, this_process())
        stored_config = {"config": json.loads(config.to_json())}
        set_attributes(connection, study_user_attributes, view.study_id, stored_config)
        rows = read_rows(connection, view.study_id, driver)
        stored = read_history(connection, view.study_id)
    directions = [objective.direction for objective in config.objectives]
    log = EventLog(folder / f"{driver}.log" if folder else None)
    writer = Writer(held, Fence(view.study_id, driver), log, rows, view.name)
    history = History(directions, stored, [each.key for each in config.constraints])
    asker = Asker(config, history, stored.proposals, writer, driver, code=code)
    study = Study(config, history, asker, writer, driver)
    return study, writer
