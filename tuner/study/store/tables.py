"""What stands beside Optuna's tables: a row a report, and a view with a column a metric."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    bindparam,
    delete,
    insert,
    inspect,
    text,
)

metadata = MetaData()

reports = Table(
    "tuner_reports",
    metadata,
    Column("trial_id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("metrics", JSON, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

NUMBERS = ("seconds", "attempt", "retry_of", "peak_memory_mib")
WORDS = ("node", "node_id", "device", "device_name", "started_at", "reason", "health", "health_reason")


def make_tables(engine: Engine, metrics: Collection[str]) -> None:
    """Makes the reports table, and the view with at least these metrics as columns."""
    metadata.create_all(engine)
    with engine.begin() as connection:
        _make_view(connection, metrics)


def _make_view(connection: Connection, metrics: Collection[str]) -> None:
    known: set[str] = set()
    if "tuner_results" in inspect(connection).get_view_names():
        known = {column["name"] for column in inspect(connection).get_columns("tuner_results")}
        if known.issuperset({*metrics, *NUMBERS, *WORDS}):
            return
        # Another study's metrics keep their columns.
        known -= {"study", "number", "state", *NUMBERS, *WORDS}
        connection.execute(text("DROP VIEW tuner_results"))
    connection.execute(text(_view(sorted(known | set(metrics)), connection)))


def _view(metrics: Collection[str], connection: Connection) -> str:
    quote = connection.dialect.identifier_preparer.quote
    number = "DOUBLE PRECISION" if connection.dialect.name == "postgresql" else "REAL"
    unquoted = (
        "(value_json::jsonb #>> '{}')"
        if connection.dialect.name == "postgresql"
        else "json_extract(value_json, '$')"
    )

    def column(key: str, value: str) -> str:
        literal = key.replace("'", "''")
        return f"MAX(CASE WHEN a.key = '{literal}' THEN {value} END) AS {quote(key)}"

    numbers = [column(key, f"CAST(a.value_json AS {number})") for key in (*metrics, *NUMBERS)]
    words = [column(key, unquoted) for key in WORDS]
    # The colons of a cast would be read as parameters: the text is escaped as a whole.
    body = ", ".join(numbers + words).replace(":", r"\:")
    return (
        "CREATE VIEW tuner_results AS "
        f"SELECT s.study_name AS study, t.number AS number, t.state AS state, {body} "
        "FROM trials t JOIN studies s ON s.study_id = t.study_id "
        "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id "
        "GROUP BY s.study_name, t.trial_id, t.number, t.state"
    )


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
