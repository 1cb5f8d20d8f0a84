"""The rows of confirmations: read, written once, copied, and forgotten with their study."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, literal, select, text
from sqlalchemy.dialects import postgresql, sqlite

from tuner.store.confirmations.confirmation import Confirmation, Job
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.optuna_tables import trials, trials_of
from tuner.store.tables.tuner_tables import confirmations, confirmers

_KEY = tuple(column.name for column in confirmations.primary_key)
_JOB = tuple(field.name for field in fields(Job))
_OTHERS = tuple(field.name for field in fields(Confirmation) if field.name != "job")
_MAPPINGS = ("test", "validation")

_STUDY = text("SELECT study_name FROM studies WHERE study_id = :study_id")


def confirmations_of(view: StudyView) -> list[Confirmation]:
    """Return the confirmations of a study, by trial, seed and fold."""
    rows = select(confirmations).where(confirmations.c.study_id == view.study_id).order_by(*_KEY)
    with view.engine.connect() as connection:
        return [_confirmation(row) for row in connection.execute(rows).mappings()]


def _confirmation(row: RowMapping) -> Confirmation:
    others = {name: row[name] for name in _OTHERS} | {name: row[name] or {} for name in _MAPPINGS}
    return Confirmation(Job(**{name: row[name] for name in _JOB}), **others)


def write_confirmation(connection: Connection, study_id: int, confirmation: Confirmation) -> bool:
    """Write a confirmation, unless it has ended for good already; one that failed is replaced.

    Returns:
        False if the study is not there any more.
    """
    row: dict[str, Any] = {"study_id": study_id, **asdict(confirmation.job)}
    row |= {name: getattr(confirmation, name) for name in _OTHERS}
    row |= {name: dict(row[name]) or None for name in _MAPPINGS}
    columns = confirmations.c
    listed = [literal(value, columns[name].type) for name, value in row.items()]
    there = select(*listed).where(
        text("EXISTS (SELECT 1 FROM studies WHERE study_id = :id)").bindparams(id=study_id)
    )
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    inserted = dialect.insert(confirmations).from_select(list(row), there)
    replaced = {name: inserted.excluded[name] for name in _OTHERS}
    failed = columns.state == "FAIL"
    connection.execute(inserted.on_conflict_do_update(index_elements=_KEY, set_=replaced, where=failed))
    return connection.scalar(_STUDY, {"study_id": study_id}) is not None


def copy_confirmations(reading: Connection, from_id: int, writing: Connection, to_id: int) -> None:
    """Copy those of a study into another store."""
    writing.execute(delete(confirmations).where(confirmations.c.study_id == to_id))  # of a study that is gone
    rows = reading.execute(select(confirmations).where(confirmations.c.study_id == from_id)).mappings().all()
    if rows:
        writing.execute(insert(confirmations), [{**row, "study_id": to_id} for row in rows])


def forget_deleted_trials(connection: Connection, study_id: int) -> None:
    """Delete those of trials that are gone, before another trial of the study gets the number of one."""
    completed = trials_of(study_id, trials.c.number).where(trials.c.state == "COMPLETE")
    of_study = confirmations.c.study_id == study_id
    connection.execute(delete(confirmations).where(of_study, confirmations.c.trial.not_in(completed)))


def holder_of(connection: Connection, study_id: int) -> str | None:
    """Return the process that confirms the study, or did so last."""
    return connection.scalar(select(confirmers.c.holder).where(confirmers.c.study_id == study_id))


def note_holder(connection: Connection, study_id: int, holder: str) -> None:
    """Note which process confirms the study."""
    connection.execute(delete(confirmers).where(confirmers.c.study_id == study_id))
    connection.execute(insert(confirmers).values(study_id=study_id, holder=holder))
