"""What people ask of a study in the store, wherever its driver runs: stop it, rename it, delete it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError

from formats.messages import format_value
from tuner.config.name import StudyName
from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.store.confirmations.confirmation_writer import without_confirmer
from tuner.store.copy_study import COPIED
from tuner.store.deleted_studies import forget_deleted_studies
from tuner.store.fence import read_claim
from tuner.store.open_study import NAME, without_driver
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import optuna_storage
from tuner.store.tables.optuna_tables import attributes_of, study_user_attributes
from tuner.store.tables.tuner_tables import drivers
from tuner.store.writing.event_sql import set_attributes
from tuner.store.writing.external_reader import STOP
from tuner.study.events.external_changes import is_gone

_RENAME = text("UPDATE studies SET study_name = :name WHERE study_id = :study_id")

_SHARERS = text(
    "SELECT study_name FROM studies WHERE study_id <> :study_id AND ("
    "study_id IN (SELECT study_id FROM study_user_attributes"
    " WHERE key = 'identity' AND value_json = :identity)"
    " OR study_id IN (SELECT study_id FROM trials JOIN trial_user_attributes USING (trial_id)"
    " WHERE key = 'checkpoint' AND value_json LIKE :inside)) ORDER BY study_id"
)


def ask_to_stop(view: StudyView) -> str | None:
    """Ask the study's driver to end as at a first Ctrl-C; it looks once a second.

    Returns:
        The driver, for people; None if nobody drives the study.
    """
    holder = view.held_by()
    if holder is not None:
        with view.engine.begin() as connection:
            claim = read_claim(connection, view.study_id)
            if claim is not None:
                set_attributes(connection, study_user_attributes, view.study_id, {STOP: claim.driver})
    return holder


def change_config(view: StudyView, config: StudyConfig) -> None:
    """Give a study that nobody drives the config with which it goes on.

    Raises:
        Conflict: it is driven, or was deleted or renamed meanwhile.
    """
    with without_driver(view) as held, held.connection.begin():
        held.check()
        if conflict := is_gone(view.name, held.connection.scalar(NAME, {"study_id": view.study_id})):
            raise conflict
        stored = {"config": json.loads(config.to_json())}
        set_attributes(held.connection, study_user_attributes, view.study_id, stored)


def rename_study(view: StudyView, name: str) -> None:
    """Give the study another name; its folder stays the same.

    Raises:
        UsageError: no study can have this name.
        Conflict: another study has it, or this one is driven or confirmed.
    """
    try:
        TypeAdapter(StudyName).validate_python(name)
    except ValidationError as error:
        raise UsageError(f"{format_value(name)} cannot name a study: {error.errors()[0]['msg']}") from error
    try:
        with _untouched(view), view.engine.begin() as connection:
            connection.execute(_RENAME, {"name": name, "study_id": view.study_id})
    except IntegrityError:
        raise Conflict(f"there is a study {name!r} already; choose another name") from None


def who_needs_files(view: StudyView) -> str | None:
    """Return who else may need the files in the study's folder, for people; None if nobody does.

    Its copies have the same folder, in this store or in another; a study that took over its trials names
    their weights.
    """
    names = {"study_id": view.study_id, "identity": json.dumps(view.identity)}
    with view.engine.connect() as connection:
        sharers = connection.scalars(_SHARERS, {**names, "inside": f"%-{view.identity}/%"}).all()
        keys = connection.scalars(attributes_of(study_user_attributes, view.study_id)).all()
    if sharers:
        return f"study {', '.join(map(repr, sharers))}"
    return "a copy of it in another store" if COPIED in keys else None


def delete_study(view: StudyView) -> None:
    """Delete the study with all that was reported of it; files are left alone.

    Raises:
        Conflict: it is driven or confirmed.
    """
    with _untouched(view):
        storage = optuna_storage(view.engine.url)
        storage.delete_study(view.study_id)
        storage.engine.dispose()
        with view.engine.begin() as connection:
            forget_deleted_studies(connection)
            connection.execute(delete(drivers).where(drivers.c.study_id == view.study_id))


@contextmanager
def _untouched(view: StudyView) -> Iterator[None]:
    """Keep drivers and confirmers away from the study while the block runs."""
    with without_driver(view), without_confirmer(view):
        yield
