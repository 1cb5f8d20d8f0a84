"""Makes what a driver needs: the store's tables, and the study it is to drive."""

from __future__ import annotations

import json
import logging
import secrets
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import optuna
from optuna.storages import RDBStorage, get_storage
from sqlalchemy import URL, Engine

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.study.external_changes import OursOnly
from tuner.study.store import lock, tables
from tuner.study.store.database import engine_options, make_engine, naming_outages, parse_url, shown
from tuner.study.store.reader import StudyStore
from tuner.study.store.retrying_storage import PatientStorage
from tuner.study.store.schema import Schema, check_makeable, schema_of
from tuner.study.study import Study
from tuner.study.versions import git_commit, versions


def make_store(storage: str, metrics: Collection[str]) -> PatientStorage:
    """The storage at this URL, its tables made where they are missing; many may do so at once.

    Args:
        storage: the database's URL.
        metrics: what becomes columns of `tuner_results`.

    Raises:
        UsageError: the URL cannot be used, or its tables are another program's, or of another version.
        Unreachable: the database does not answer, or refuses.
    """
    with _making_tables(parse_url(storage)) as (engine, found):
        check_makeable(found, engine)
        return _make_tables(engine.url, metrics)


def migrate(storage: str, metrics: Collection[str]) -> str:
    """Makes the store's tables, or brings them up to this program's version; says which of it was done.

    Raises:
        UsageError, Unreachable: as `make_store`, but tables of an older version are brought up to date.
    """
    with _making_tables(parse_url(storage)) as (engine, found):
        if found is Schema.OLDER:
            _upgrade(engine.url)
        else:
            check_makeable(found, engine)
        _make_tables(engine.url, metrics).engine.dispose()
    where = shown(engine.url)
    if found is Schema.CURRENT:
        return f"the tables in {where} are up to date"
    return f"{'upgraded' if found is Schema.OLDER else 'made'} the tables in {where}"


@contextmanager
def _making_tables(url: URL) -> Iterator[tuple[Engine, Schema]]:
    """An engine and what its database holds; nobody else makes tables there while the block runs."""
    with naming_outages(url):
        engine = make_engine(url)
        try:
            found = schema_of(engine)
            if found in (Schema.FOREIGN, Schema.NEWER):  # even a lock would leave a file beside it
                check_makeable(found, engine)
            # Optuna's own table creation fails where two start at once.
            with lock.exclusive(engine, "making tables", wait=True):
                yield engine, schema_of(engine)
        finally:
            engine.dispose()


def _make_tables(url: URL, metrics: Collection[str]) -> PatientStorage:
    made = PatientStorage(url, create=True)
    tables.make_tables(made.engine, metrics)
    return made


def _upgrade(url: URL) -> None:
    silent = logging.NullHandler()
    logging.getLogger().addHandler(silent)  # else alembic sets up logging, and silences every other logger
    try:
        storage = RDBStorage(
            url.render_as_string(hide_password=False),
            engine_kwargs=engine_options(url, unhurried=True),
            skip_compatibility_check=True,
        )
        storage.upgrade()
        storage.engine.dispose()
    finally:
        logging.getLogger().removeHandler(silent)


def create_or_load(storage: PatientStorage, config: StudyConfig) -> Study:
    """The study of this config: the stored one, brought up to the config's budget, or a new one.

    Raises:
        Conflict: a study of this name differs in more than budget, resources and early stopping.
    """
    store = StudyStore(storage.database_url, storage.engine)
    with lock.exclusive(storage.engine, "making a study", wait=True):
        if config.study not in store.names() or store.is_half_made(config.study):
            _create(storage, config)
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
    return Study(_load(storage, config.study), storage, config, stored)


def _create(storage: PatientStorage, config: StudyConfig) -> None:
    study = optuna.create_study(
        study_name=config.study,
        storage=get_storage(storage),
        directions=[objective.direction for objective in config.objectives],
        load_if_exists=True,
    )
    if [direction.name.lower() for direction in study.directions] != [
        objective.direction for objective in config.objectives
    ]:
        raise Conflict(f"study {config.study!r} was made by another program; choose another name for yours")
    study.set_user_attr("identity", secrets.token_hex(4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study.set_metric_names([objective.metric for objective in config.objectives])
    study.set_user_attr("versions", versions())
    study.set_user_attr("git_commit", git_commit())
    study.set_user_attr("config", json.loads(config.to_json()))


def _load(storage: PatientStorage, name: str) -> optuna.Study:
    return optuna.load_study(study_name=name, storage=OursOnly(storage))
