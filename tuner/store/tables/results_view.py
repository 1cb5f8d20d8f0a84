"""The view `tuner_results`: a row a trial, a column a metric, for whoever reads the store by SQL.

A view has a limited number of columns, 1,600 in Postgres and 2,000 in SQLite, and a store has only one view,
for all its studies. So a study may have `MOST_METRICS` metrics, on either database, which leaves room for the
columns that all trials have. The metrics of all studies together may be more: then the study that is launched
has columns for all of its own, and as many of the others have theirs as fit. A view for each study would have
no such limit, but no query over several studies either. Nothing is lost without a column: every metric stands
in Optuna's table of attributes, and the next launch of the other study makes its columns anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from tuner.errors import UsageError
from tuner.store.optuna_internals import CONSTRAINT_PREFIX
from tuner.store.tables.metric_view import MetricView, column, literal, number_type

MOST_METRICS = 1_500
COUNTS = ("attempt", "retry_of")
NUMBERS = ("seconds", "peak_memory_mib")
TEXTS = ("node", "node_id", "device", "device_name", "reason", "health", "health_reason")
MOMENTS = ("started_at", "ended_at")
_MOMENT = "STRFTIME('%Y-%m-%d %H:%M:%f', {})"
_KEYS = ("study", "number", "state", "feasible")


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


def _select(metrics: Sequence[str], connection: Connection) -> str:
    is_postgres = connection.dialect.name == "postgresql"
    number = number_type(connection)
    unquoted = "(value_json::jsonb #>> '{}')" if is_postgres else "json_extract(value_json, '$')"

    def of_key(key: str, value: str) -> str:
        return column(connection, key, f"MAX(CASE WHEN a.key = {literal(key)} THEN {value} END)")

    counts = [of_key(key, "CAST(a.value_json AS INTEGER)") for key in COUNTS]
    numbers = [of_key(key, f"CAST(a.value_json AS {number})") for key in (*metrics, *NUMBERS)]
    texts = [of_key(key, unquoted) for key in TEXTS]
    if is_postgres:
        feasible = f"BOOL_AND(CAST(c.value_json AS {number}) <= 0)"
        started = of_key("started_at", f"CAST({unquoted} AS TIMESTAMP WITH TIME ZONE)")
        ended = column(connection, "ended_at", "t.datetime_complete AT TIME ZONE 'UTC'")
    else:  # SQLite has no types for truth and time: 1 or 0, and text as its own functions read it
        feasible = f"MIN(CAST(c.value_json AS {number}) <= 0)"
        started = of_key("started_at", _MOMENT.format(unquoted))
        ended = column(connection, "ended_at", _MOMENT.format("t.datetime_complete"))
    return (
        "SELECT s.study_name AS study, t.number AS number, t.state AS state, "
        f"CASE WHEN t.state = 'COMPLETE' THEN (SELECT {feasible} FROM trial_system_attributes c "
        f"WHERE c.trial_id = t.trial_id AND c.key LIKE '{CONSTRAINT_PREFIX}%') END AS feasible, "
        f"{', '.join([*numbers, *counts, *texts, started, ended])} "
        "FROM trials t JOIN studies s ON s.study_id = t.study_id "
        "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id "
        "GROUP BY s.study_name, t.trial_id, t.number, t.state"
    )


RESULTS = MetricView(
    "tuner_results", (*_KEYS, *NUMBERS, *COUNTS, *TEXTS, *MOMENTS), "", MOST_METRICS, _select
)
