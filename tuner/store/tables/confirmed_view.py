"""The view `tuner_confirmed`: a row a training that judged a trial on the test split, a column a metric."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from tuner.store.tables.metric_view import MetricView, column, literal, number_type
from tuner.store.tables.results_view import MOST_METRICS

_KEYS = ("study", "number")
_COLUMNS = ("seed", "folds", "fold", "state", "reason", "best_epoch", "attempt")
_PLACES = ("node", "device", "seconds", "started_at", "ended_at")


def _select(metrics: Sequence[str], connection: Connection) -> str:
    number = number_type(connection)

    def measured(metric: str) -> str:
        if connection.dialect.name == "postgresql":
            value = f"c.test ->> {literal(metric)}"
        else:
            value = f"json_extract(c.test, {literal('$.' + metric)})"
        return column(connection, f"test_{metric}", f"CAST({value} AS {number})")

    columns = [*(f"c.{name}" for name in (*_COLUMNS, *_PLACES)), *map(measured, metrics)]
    return (
        f"SELECT s.study_name AS study, c.trial AS number, {', '.join(columns)} "
        "FROM tuner_confirmations c JOIN studies s ON s.study_id = c.study_id"
    )


CONFIRMED = MetricView("tuner_confirmed", (*_KEYS, *_COLUMNS, *_PLACES), "test_", MOST_METRICS, _select)
