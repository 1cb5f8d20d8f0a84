"""Makes and opens what a driver needs: the store's tables, the study, the right to drive it."""

from __future__ import annotations

import json
import logging
import secrets
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.storages import RDBStorage, get_storage
from sqlalchemy import URL, Engine

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.store import lock
from tuner.store.database import (
    engine_options,
    make_engine,
    naming_outages,
    parse_url,
    set_up_sqlite,
    shown,
)
from tuner.store.fence import Fence, claim_study, holder_of, lock_study, new_token, read_claim
from tuner.store.outage import retry
from tuner.store.reading.history_reader import read_history, read_rows
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables import migrations
from tuner.store.tables.results_view import make_view
from tuner.store.tables.schema import Schema, check_makeable, schema_of
from tuner.store.writing import event_tables
from tuner.store.writing.external_reader import fill_gaps, forget_orphans, name_of
from tuner.store.writing.leftover_logs import apply_leftover_logs
from tuner.store.writing.writer import Writer
from tuner.study.event_log import EventLog
from tuner.study.external_changes import is_driven, is_gone
from tuner.study.history import History
from tuner.study.study import Study
from tuner.study.versions import git_commit, this_process, versions


def make_store(storage: str, metrics: Collection[str]) -> Engine:
    """Return an engine for the store at this URL, its tables made where they are missing.

    Many may do so at once.

    Args:
        storage: the database's URL.
        metrics: what becomes columns of `tuner_results`.

    Raises:
        UsageError: the URL cannot be used, or its tables are another program's, or of another version.
        Unreachable: the database does not answer, or refuses.
    """
    url = parse_url(storage)
    with naming_outages(url):
        with _making_tables(url) as (engine, present):
            check_makeable(present, engine)
            if present is not Schema.CURRENT:
                _make_tables(engine)
            make_view(engine, metrics)
        engine = make_engine(url)
        set_up_sqlite(engine)
        return engine


def migrate(storage: str, metrics: Collection[str]) -> str:
    """Make the store's tables, or bring them up to this program's version; say which of it was done.

    Raises:
        UsageError, Unreachable: as `make_store`, but tables of an older version are brought up to date.
    """
    url = parse_url(storage)
    with naming_outages(url), _making_tables(url) as (engine, present):
        if present is Schema.OLDER:
            _upgrade(engine.url)
        else:
            check_makeable(present, engine)
        _make_tables(engine)
        make_view(engine, metrics)
    if present is Schema.CURRENT:
        return f"the tables in {shown(url)} are up to date"
    return f"{'upgraded' if present is Schema.OLDER else 'made'} the tables in {shown(url)}"


@contextmanager
def _making_tables(url: URL) -> Iterator[tuple[Engine, Schema]]:
    """An engine and what its database holds; nobody else makes tables there while the block runs."""
    engine = make_engine(url)
    try:
        present = schema_of(engine)
        if present in (Schema.FOREIGN, Schema.NEWER):  # even a lock would leave a file beside it
            check_makeable(present, engine)
        # Optuna's own table creation fails where two start at once.
        with lock.exclusive(engine, "making tables", wait=True):
            yield engine, schema_of(engine)
    finally:
        engine.dispose()


def _make_tables(engine: Engine) -> None:
    optuna_storage(engine.url, create=True).engine.dispose()
    migrations.upgrade(engine)


def _upgrade(url: URL) -> None:
    silent = logging.NullHandler()
    logging.getLogger().addHandler(silent)  # else alembic sets up logging, and silences every other logger
    try:
        storage = optuna_storage(url, unhurried=True)
        storage.upgrade()
        storage.engine.dispose()
    finally:
        logging.getLogger().removeHandler(silent)


def optuna_storage(url: URL, *, create: bool = False, unhurried: bool = False) -> RDBStorage:
    """Return Optuna's own storage, for what is done once and not while trials run."""
    return RDBStorage(
        url.render_as_string(hide_password=False),
        engine_kwargs=engine_options(url, unhurried=unhurried),
        skip_compatibility_check=not create,
        skip_table_creation=not create,
    )


def create_or_load(engine: Engine, config: StudyConfig) -> StudyView:
    """Return the study of this config in the store, made if it is not there.

    Raises:
        Conflict: a study of this name differs in more than budget, resources and early stopping.
        SQLAlchemyError: what the database says.
    """
    return retry(lambda: _create_or_load(engine, config))


def _create_or_load(engine: Engine, config: StudyConfig) -> StudyView:
    store = StudyStore(engine.url, engine)
    with lock.exclusive(engine, "making a study", wait=True):
        if config.study not in store.names() or store.is_half_made(config.study):
            _create(engine.url, config)
    try:
        stored = store.load(config.study)
    except UsageError as error:
        raise Conflict(f"{error}; choose another name for yours") from None
    differences = config.differences(stored.config)
    if differences:
        listed = "".join(f"\n  {line}" for line in differences)
        raise Conflict(
            f"study {config.study!r} is stored with another config; "
            f"choose a new name or restore the file:{listed}"
        )
    return stored


def _create(url: URL, config: StudyConfig) -> None:
    directions = [objective.direction for objective in config.objectives]
    storage = optuna_storage(url)
    study = optuna.create_study(
        study_name=config.study, storage=get_storage(storage), directions=directions, load_if_exists=True
    )
    if [direction.name.lower() for direction in study.directions] != directions:
        raise Conflict(f"study {config.study!r} was made by another program; choose another name for yours")
    study.set_user_attr("identity", secrets.token_hex(4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study.set_metric_names([objective.metric for objective in config.objectives])
    study.set_user_attr("versions", versions())
    study.set_user_attr("git_commit", git_commit())
    study.set_user_attr("config", json.loads(config.to_json()))
    storage.engine.dispose()


@contextmanager
def driving(view: StudyView, config: StudyConfig, runs_folder: Path | None = None) -> Iterator[Study]:
    """Make this process the study's one driver; trials that another left RUNNING are queued again.

    Before that the store gets what that driver could not tell it. When the block ends, it waits for the store
    to have all events, but not for a database that is away.

    Args:
        view: the study in the store.
        config: its config, which the store gets.
        runs_folder: where studies have their folders; without it nothing outlives this process.

    Raises:
        Conflict: another process drives the study, or it was deleted or renamed meanwhile.
    """
    with without_driver(view) as held:
        study = retry(lambda: _begin(view, config, held, runs_folder))
        study.writer.start()
        try:
            study.interrupt_running("its driver ended before it did")
            yield study
            while not study.writer.wait(0.1) and study.writer.outage is None:
                pass
        finally:
            study.writer.close()
        if study.writer.failure is not None:
            raise study.writer.failure
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


def _begin(view: StudyView, config: StudyConfig, held: lock.Lock, runs_folder: Path | None) -> Study:
    """Take the study over; may be called again where the database went away on the way."""
    held.take_again()
    connection = held.connection
    folder = runs_folder / view.folder_name / "events" if runs_folder else None
    with connection.begin():
        if conflict := is_gone(view.name, name_of(connection, view.study_id)):
            raise conflict
    if folder is not None:
        apply_leftover_logs(held, view, folder)
    with connection.begin():
        lock_study(connection, view.study_id)
        driver = new_token(read_claim(connection, view.study_id))
        forget_orphans(connection)
        fill_gaps(connection, view.study_id)
        claim_study(connection, view.study_id, driver, this_process())
        stored_config = {"config": json.loads(config.to_json())}
        event_tables.set_study_attributes(connection, view.study_id, stored_config)
        rows = read_rows(connection, view.study_id, driver)
        stored = read_history(connection, view.study_id)
    directions = [objective.direction for objective in config.objectives]
    log = EventLog(folder / f"{driver}.log" if folder else None)
    writer = Writer(held, Fence(view.study_id, driver), log, rows, view.name)
    return Study(config, History(directions, stored), stored.proposals, writer, driver)
