"""Copies a study, with everything that was reported, from one store into another."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.storages import BaseStorage, get_storage
from sqlalchemy import Connection, Integer, insert, select, text

from tuner.errors import Conflict
from tuner.study.open_study import create_or_load, make_store
from tuner.study.store import lock
from tuner.study.store.dashboard_store import ReadingStore
from tuner.study.store.database import naming_outages, shown
from tuner.study.store.reader import UNFINISHED, StudyStore
from tuner.study.store.retrying_storage import PatientStorage
from tuner.study.store.study_view import StudyView
from tuner.study.store.tables import reports

_TRIAL_IDS = text("SELECT number, trial_id FROM trials WHERE study_id = :study_id").columns(
    number=Integer, trial_id=Integer
)
_RENAME = text("UPDATE studies SET study_name = :name WHERE study_id = :study_id")


def copy_study(
    name: str, source: str, target: str, metrics: Collection[str], runs_folder: Path | None = None
) -> int:
    """Copies the study of this name, all or nothing; nobody may drive it meanwhile.

    Args:
        name: the study's, in both stores.
        source: the URL of the store that has it.
        target: the URL of the store that gets it; its tables are made where they are missing.
        metrics: what becomes columns of the target's `tuner_results`.
        runs_folder: where the study's driver kept what it could not tell the source; it is told first.

    Returns:
        The number of its trials.

    Raises:
        UsageError: the source has no such study, or a URL cannot be used.
        Conflict: the target has a study of this name, or another process drives it in the source.
        Unreachable: a database does not answer, or refuses.
    """
    found = StudyStore.open(source)
    with naming_outages(found.url):
        study = found.load(name)
        with _without_driver(study, runs_folder) as storage:
            made = make_store(target, metrics)
            with naming_outages(made.database_url), lock.exclusive(made.engine, "making a study", wait=True):
                return _copy(study, storage, made)


@contextmanager
def _without_driver(study: StudyView, runs_folder: Path | None) -> Iterator[BaseStorage]:
    """Keep drivers away from the study while the block runs; a storage that has all that its last one did.

    What the last driver left in its folder can only be applied where the study's config can be read.
    """
    if not study.unreadable:
        storage = PatientStorage(study.engine.url, create=False)
        with create_or_load(storage, study.config).driving(runs_folder):
            yield get_storage(storage)
        return
    try:
        with lock.exclusive(study.engine, f"driver of study {study.study_id}", wait=False):
            yield ReadingStore(study.engine.url).storage()
    except lock.Locked:
        raise Conflict(f"study {study.name!r} is driven by {study.driver}; wait for it") from None


def _copy(study: StudyView, source: BaseStorage, target: PatientStorage) -> int:
    name = study.name
    names = StudyStore(target.database_url, target.engine).names()
    if name in names:
        raise Conflict(
            f"there is a study {name!r} in {shown(target.database_url)} already; go on with it there "
            f"(python -m tuner resume), or name another store in --storage"
        )
    # It gets its name when it is whole: a copy that was killed leaves no study behind that looks like one.
    unfinished = f"{name}{UNFINISHED}"
    if unfinished in names:
        optuna.delete_study(study_name=unfinished, storage=get_storage(target))
    optuna.copy_study(
        from_study_name=name,
        from_storage=source,
        to_storage=get_storage(target),
        to_study_name=unfinished,
    )
    to_id = target.get_study_id_from_name(unfinished)
    with study.engine.connect() as reading, target.engine.begin() as writing:
        _copy_reports(reading, study.study_id, writing, to_id)
        writing.execute(_RENAME, {"name": name, "study_id": to_id})
        return len(_trial_ids(writing, to_id))


def _copy_reports(reading: Connection, from_id: int, writing: Connection, to_id: int) -> None:
    ids = _trial_ids(writing, to_id)
    for number, trial_id in _trial_ids(reading, from_id).items():
        rows = reading.execute(select(reports).where(reports.c.trial_id == trial_id)).mappings().all()
        if rows:
            writing.execute(insert(reports), [{**row, "trial_id": ids[number]} for row in rows])


def _trial_ids(connection: Connection, study_id: int) -> dict[int, int]:
    rows = connection.execute(_TRIAL_IDS, {"study_id": study_id}).all()
    return {number: trial_id for number, trial_id in rows}  # noqa: C416 - of rows
