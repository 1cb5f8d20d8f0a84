"""Makes a study in a store, or finds the one that is there."""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Callable

import optuna
from optuna.storages import RDBStorage, get_storage
from sqlalchemy import Engine, insert, text

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.store import lock
from tuner.store.deleted_studies import forget_deleted_studies
from tuner.store.earlier.taken import Taken, taken_by
from tuner.store.outage import retry
from tuner.store.reading.reader import UNFINISHED, StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import optuna_storage
from tuner.store.tables.tuner_tables import reports
from tuner.versions import git_commit, versions

RENAME = text("UPDATE studies SET study_name = :name WHERE study_id = :study_id")


def create_or_load(
    engine: Engine,
    config: StudyConfig,
    results_of: str | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> StudyView:
    """Return the study of this config in the store, made if it is not there.

    Args:
        engine: the store's.
        config: the study's.
        results_of: an earlier study, all of whose results that fit a new study takes; nothing is taken by one
            that is there.
        say: told in lines what a new study took from earlier ones, and what it left out.

    Raises:
        UsageError: an earlier study is not there, or cannot be taken from.
        Conflict: a study of this name differs in more than `MAY_CHANGE`.
        SQLAlchemyError: the database's error.
    """
    return retry(lambda: _create_or_load(engine, config, results_of, say))


def _create_or_load(
    engine: Engine, config: StudyConfig, results_of: str | None, say: Callable[[str], None]
) -> StudyView:
    store = StudyStore(engine.url, engine)
    with lock.exclusive(engine, "making a study", wait=True):
        if config.study not in store.names() or store.is_half_made(config.study):
            with engine.begin() as connection:
                forget_deleted_studies(connection)
            taken = taken_by(store, config, results_of)
            _create(engine, config, taken, store.names())
            for line in taken.lines:
                say(line)
        elif results_of is not None:
            say(f"study {config.study} is there already; nothing more is taken over from {results_of}")
    try:
        stored = store.load(config.study)
    except UsageError as error:
        raise Conflict(f"{error}; choose another name for yours") from None
    differences = config.differences(stored.config)
    if differences:
        listed = "".join(f"\n  {line}" for line in differences)
        raise Conflict(
            f"study {config.study!r} is stored with another config; choose a new name (with --from "
            f"{config.study!r} it takes over every trial that fits) or restore the file:{listed}"
        )
    return stored


def _create(engine: Engine, config: StudyConfig, taken: Taken, names: list[str]) -> None:
    """Make the study; one that takes trials gets its name when it has them all."""
    directions = [objective.direction for objective in config.objectives]
    storage = optuna_storage(engine.url)
    name = f"{config.study}{UNFINISHED}" if taken.trials else config.study
    if taken.trials and name in names:  # whoever made it was killed
        storage.delete_study(storage.get_study_id_from_name(name))
    study = optuna.create_study(
        study_name=name, storage=get_storage(storage), directions=directions, load_if_exists=True
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
    if taken.trials:
        _add(storage, engine, taken, storage.get_study_id_from_name(name), config.study)
    storage.engine.dispose()


def _add(storage: RDBStorage, engine: Engine, taken: Taken, study_id: int, name: str) -> None:
    """Give a study its first trials, and its name."""
    ids = [storage.create_new_trial(study_id, template_trial=trial) for trial, _ in taken.trials]
    rows = [
        {"trial_id": trial_id, "epoch": epoch, "metrics": dict(metrics), "at": trial.datetime_complete}
        for trial_id, (trial, listed) in zip(ids, taken.trials, strict=True)
        for epoch, metrics in listed
    ]
    with engine.begin() as connection:
        connection.execute(reports.delete().where(reports.c.trial_id.in_(ids)))  # of a study that is gone
        if rows:
            connection.execute(insert(reports), rows)
        connection.execute(RENAME, {"name": name, "study_id": study_id})
