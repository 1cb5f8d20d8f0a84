"""The view `tuner_results`: a row a trial, a column a metric, for whoever reads the store by SQL.

A view has a limited number of columns, 1,600 in Postgres and 2,000 in SQLite, and a store has only one view,
for all its studies. So a study may have `MOST_METRICS` metrics, on either database, which leaves room for the
columns that all trials have. The metrics of all studies together may be more: then the study that is launched
has columns for all of its own, and as many of the others have theirs as fit. A view for each study would have
no such limit, but no query over several studies either. Nothing is lost without a column: every metric stands
in Optuna's table of attributes, and the next launch of the other study makes its columns anew.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from tuner.errors import UsageError

NAME = "tuner_results"
MOST_METRICS = 1_500
NUMBERS = ("seconds", "attempt", "retry_of", "peak_memory_mib")
TEXTS = ("node", "node_id", "device", "device_name", "started_at", "reason", "health", "health_reason")
_KEYS = ("study", "number", "state")


def check_metrics(study: str, metrics: Collection[str]) -> None:
    """Return if the study of this name may have these metrics.

    Raises:
        UsageError: they are too many.
    """
    count = len(set(metrics))
    if count > MOST_METRICS:
        raise UsageError(
            f"study {study!r}: its trainings report {count} metrics, and a store has room for {MOST_METRICS} "
            "of a study; report fewer"
        )


def make_view(engine: Engine, metrics: Collection[str]) -> None:
    """Make the view, or make it anew, unless it has columns for these metrics already."""
    with engine.begin() as connection:
        columns: set[str] = set()
        if NAME in inspect(connection).get_view_names():
            columns = _columns(connection)
            if columns.issuperset({*metrics, *NUMBERS, *TEXTS}):
                return
            connection.execute(text(f"DROP VIEW {NAME}"))
        others = columns.difference(metrics, _KEYS, NUMBERS, TEXTS)
        fitting = [*sorted(set(metrics)), *sorted(others)][:MOST_METRICS]
        connection.execute(text(_statement(sorted(fitting), connection)))


def _columns(connection: Connection) -> set[str]:
    """Return the columns of the view that is there; none if it has more than its database can give back."""
    try:
        return {column["name"] for column in inspect(connection).get_columns(NAME)}
    except OperationalError as error:
        if "too many columns" not in str(error.orig):
            raise
        return set()


def _statement(metrics: Collection[str], connection: Connection) -> str:
    is_postgres = connection.dialect.name == "postgresql"
    quote = connection.dialect.identifier_preparer.quote
    number = "DOUBLE PRECISION" if is_postgres else "REAL"
    unquoted = "(value_json::jsonb #>> '{}')" if is_postgres else "json_extract(value_json, '$')"

    def column(key: str, value: str) -> str:
        literal = key.replace("'", "''")
        return f"MAX(CASE WHEN a.key = '{literal}' THEN {value} END) AS {quote(key)}"

    numbers = [column(key, f"CAST(a.value_json AS {number})") for key in (*metrics, *NUMBERS)]
    texts = [column(key, unquoted) for key in TEXTS]
    # The colons of a cast would be read as parameters: the text is escaped as a whole.
    body = ", ".join(numbers + texts).replace(":", r"\:")
    return (
        f"CREATE VIEW {NAME} AS "
        f"SELECT s.study_name AS study, t.number AS number, t.state AS state, {body} "
        "FROM trials t JOIN studies s ON s.study_id = t.study_id "
        "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id "
        "GROUP BY s.study_name, t.trial_id, t.number, t.state"
    )
