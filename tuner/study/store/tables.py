"""What stands beside Optuna's tables: a row a report."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    bindparam,
    delete,
    insert,
    text,
)

from tuner.study.store.results_view import make_view

metadata = MetaData()

reports = Table(
    "tuner_reports",
    metadata,
    Column("trial_id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("metrics", JSON, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


def make_tables(engine: Engine, metrics: Collection[str]) -> None:
    """Makes the reports table, and the view with at least these metrics as columns."""
    metadata.create_all(engine)
    with engine.begin() as connection:
        make_view(connection, metrics)


def readable(words: str) -> str:
    """The words without what Postgres cannot give back as text: NUL, and halves of surrogate pairs."""
    return words.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def write_report(
    engine: Engine,
    trial_id: int,
    attributes: Mapping[str, Any],
    epoch: int = 0,
    metrics: Mapping[str, float | None] | None = None,
) -> None:
    """Keeps what a running trial says, in one transaction; the same key or epoch again replaces the first.

    Attributes become Optuna's user attributes, each of which Optuna itself would write in a transaction of
    its own; an epoch of 0 has no metrics to keep.
    """
    at = datetime.now(UTC)
    with engine.begin() as connection:
        if attributes:
            rows = [
                {"trial_id": trial_id, "key": key, "value_json": json.dumps(value, allow_nan=False)}
                for key, value in attributes.items()
            ]
            connection.execute(_UPSERT_ATTRIBUTE, rows)
        if epoch:
            same = (reports.c.trial_id == trial_id) & (reports.c.epoch == epoch)
            connection.execute(delete(reports).where(same))
            connection.execute(insert(reports).values(trial_id=trial_id, epoch=epoch, metrics=metrics, at=at))


_UPSERT_ATTRIBUTE = text(
    "INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (:trial_id, :key, :value_json) "
    "ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json"
)


def write_span(engine: Engine, trial_id: int, started: datetime, ended: datetime) -> None:
    """Stamps a trial with the time it ran, in Optuna's columns and Optuna's way: naive local time."""
    stamps = {
        "started": started.astimezone().replace(tzinfo=None),
        "ended": ended.astimezone().replace(tzinfo=None),
    }
    update = text(
        "UPDATE trials SET datetime_start = :started, datetime_complete = :ended WHERE trial_id = :trial_id"
    )
    with engine.begin() as connection:
        connection.execute(
            update.bindparams(bindparam("started", type_=DateTime), bindparam("ended", type_=DateTime)),
            {**stamps, "trial_id": trial_id},
        )


def read_reports(engine: Engine, study_id: int) -> list[tuple[int, int, dict[str, float | None]]]:
    """A study's reports as (trial number, epoch, metrics), in the order they came."""
    query = text(
        "SELECT t.number, r.epoch, r.metrics FROM tuner_reports r JOIN trials t ON t.trial_id = r.trial_id "
        "WHERE t.study_id = :study_id ORDER BY r.at, t.number, r.epoch"
    ).columns(number=Integer, epoch=Integer, metrics=JSON)
    with engine.connect() as connection:
        rows = connection.execute(query, {"study_id": study_id}).all()
    return [(number, epoch, metrics) for number, epoch, metrics in rows]
