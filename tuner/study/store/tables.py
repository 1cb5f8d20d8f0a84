"""What stands beside Optuna's tables: reports, drivers, their version, a view with a column a metric."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
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

drivers = Table(
    "tuner_drivers",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),
    Column("driver", String(32), nullable=False),
    Column("applied", Integer, nullable=False),
    Column("holder", Text, nullable=False),
)
"""Who may write to a study: the driver's token, how many of its events are stored, its process for people."""

schema_version = Table("tuner_schema", metadata, Column("version", Integer, primary_key=True))

NUMBERS = ("seconds", "attempt", "retry_of", "peak_memory_mib")
WORDS = ("node", "node_id", "device", "device_name", "started_at", "reason", "health", "health_reason")


def make_view(engine: Engine, metrics: Collection[str]) -> None:
    """Make the view with at least these metrics as columns."""
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


def read_reports(engine: Engine, study_id: int) -> list[tuple[int, int, dict[str, float | None]]]:
    """A study's reports as (trial number, epoch, metrics), in the order they came."""
    query = text(
        "SELECT t.number, r.epoch, r.metrics FROM tuner_reports r JOIN trials t ON t.trial_id = r.trial_id "
        "WHERE t.study_id = :study_id ORDER BY r.at, t.number, r.epoch"
    ).columns(number=Integer, epoch=Integer, metrics=JSON)
    with engine.connect() as connection:
        rows = connection.execute(query, {"study_id": study_id}).all()
    return [(number, epoch, metrics) for number, epoch, metrics in rows]
