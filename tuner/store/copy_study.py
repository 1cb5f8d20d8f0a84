"""Copies a study, with everything that was reported, from one store into another."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import optuna
from optuna.storages import get_storage
from sqlalchemy import Connection, Engine, delete, insert, select, update

from tuner.errors import Conflict
from tuner.store import lock
from tuner.store.confirmations.confirmation_sql import copy_confirmations
from tuner.store.create_study import RENAME
from tuner.store.database import display_url, naming_outages
from tuner.store.open_study import driving, without_driver
from tuner.store.optuna_internals import PARENT_KEY, with_numbers, with_row_ids
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.reading.reader import UNFINISHED, StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store, optuna_storage
from tuner.store.tables.optuna_tables import (
    attributes_of,
    study_system_attributes,
    study_user_attributes,
    trials,
    trials_of,
)
from tuner.store.tables.tuner_tables import reports
from tuner.store.writing.event_sql import set_attributes

COPIED = "copied"
"""An attribute of a study that was copied, and of its copy: another store may have one of the same folder."""


def copy_study(
    name: str, source: str, target: str, metrics: Collection[str], runs_folder: Path | None = None
) -> int:
    """Copies the study of this name, all or nothing; nobody may drive it meanwhile.

    Args:
        name: the study's, in both stores.
        source: the URL of the store that has it.
        target: the URL of the store that gets it; its tables are made where they are missing.
        metrics: what becomes columns of the target's `tuner_results`.
        runs_folder: where the study's driver kept events that the source lacks; it gets them first.

    Returns:
        The number of its trials.

    Raises:
        UsageError: the source has no such study, or a URL cannot be used.
        Conflict: the target has a study of this name, or another process drives it in the source.
        Unreachable: a database does not answer, or refuses.
    """
    store = StudyStore.open(source)
    with naming_outages(store.url):
        view = store.load(name)
        if not view.unreadable:  # nobody but its own version can drive it
            with driving(view, view.config, runs_folder):
                pass  # the source now gets the events that it lacks
        with without_driver(view):
            made = make_store(target, metrics)
            with naming_outages(made.url), lock.exclusive(made, "making a study", wait=True):
                return _copy(view, made)


def _copy(source: StudyView, target: Engine) -> int:
    name, names = source.name, StudyStore(target.url, target).names()
    if name in names:
        raise Conflict(
            f"there is a study {name!r} in {display_url(target.url)} already; go on with it there "
            f"(python -m tuner resume), or name another store in --storage"
        )
    # It gets its name when it is whole: a copy that was killed leaves no study behind that looks like one.
    unfinished = f"{name}{UNFINISHED}"
    with source.engine.begin() as connection:  # first, so that the copy has it as well
        set_attributes(connection, study_user_attributes, source.study_id, {COPIED: True})
    storage = get_storage(optuna_storage(target.url))
    if unfinished in names:
        optuna.delete_study(study_name=unfinished, storage=storage)
    optuna.copy_study(
        from_study_name=name,
        from_storage=ReadingStore(source.engine.url).storage(),
        to_storage=storage,
        to_study_name=unfinished,
    )
    to_id = storage.get_study_id_from_name(unfinished)
    with source.engine.connect() as reading, target.begin() as writing:
        _copy_reports(reading, source.study_id, writing, to_id)
        _copy_parents(reading, source.study_id, writing, to_id)
        copy_confirmations(reading, source.study_id, writing, to_id)
        writing.execute(RENAME, {"name": name, "study_id": to_id})
        return len(_trial_ids(writing, to_id))


def _copy_reports(reading: Connection, from_id: int, writing: Connection, to_id: int) -> None:
    ids = _trial_ids(writing, to_id)
    writing.execute(delete(reports).where(reports.c.trial_id.in_(ids.values())))  # of a study that is gone
    for number, trial_id in _trial_ids(reading, from_id).items():
        rows = reading.execute(select(reports).where(reports.c.trial_id == trial_id)).mappings().all()
        if rows:
            writing.execute(insert(reports), [{**row, "trial_id": ids[number]} for row in rows])


def _copy_parents(reading: Connection, from_id: int, writing: Connection, to_id: int) -> None:
    """Name the parents of each generation by their rows in the target; Optuna copies the source's."""
    numbers = {trial_id: number for number, trial_id in _trial_ids(reading, from_id).items()}
    ids = _trial_ids(writing, to_id)
    table = study_system_attributes
    of_parents = attributes_of(table, from_id).where(table.c.key.contains(PARENT_KEY))
    for key, value in reading.execute(of_parents):
        parents = with_row_ids(key, with_numbers(key, json.loads(value), numbers), ids)
        copied = update(table).where(table.c.study_id == to_id, table.c.key == key)
        writing.execute(copied.values(value_json=json.dumps(parents)))


def _trial_ids(connection: Connection, study_id: int) -> dict[int, int]:
    rows = connection.execute(trials_of(study_id, trials.c.number, trials.c.trial_id)).all()
    return {number: trial_id for number, trial_id in rows}  # noqa: C416 - of rows
