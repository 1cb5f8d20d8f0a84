"""Forgets deleted studies: Optuna knows its own tables alone, and SQLite gives the same ids again."""

from __future__ import annotations

from sqlalchemy import Connection, delete, text

from tuner.store.tables.tuner_tables import confirmations, confirmers, queue

_OF_NO_STUDY = text("study_id NOT IN (SELECT study_id FROM studies)")


def forget_deleted_studies(connection: Connection) -> None:
    """Delete the confirmations of studies that are gone, and their places in the queue."""
    for table in (confirmations, confirmers, queue):
        connection.execute(delete(table).where(_OF_NO_STUDY))
