"""Makes what a driver needs: the store's tables, and the study it is to drive."""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Collection

import optuna
from optuna.storages import get_storage

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.study import lock, tables
from tuner.study.database import make_engine, naming_outages, parse_url
from tuner.study.patient_storage import PatientStorage
from tuner.study.store import StudyStore
from tuner.study.study import Study
from tuner.study.versions import git_commit, versions


def make_store(storage: str, metrics: Collection[str]) -> PatientStorage:
    """The storage at this URL, its tables made where they are missing; many may do so at once.

    Args:
        storage: the database's URL.
        metrics: what becomes columns of `tuner_results`.

    Raises:
        UsageError: the URL cannot be used.
        Unreachable: the database does not answer, or refuses.
    """
    url = parse_url(storage)
    with naming_outages(url):
        engine = make_engine(url)
        # Optuna's own table creation fails where two start at once.
        with lock.exclusive(engine, "making tables", wait=True):
            made = PatientStorage(url, create=True)
            tables.make_tables(made.engine, metrics)
        engine.dispose()
    return made


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
    return optuna.load_study(study_name=name, storage=get_storage(storage))
