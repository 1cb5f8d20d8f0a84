"""The Pareto front, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from formats.messages import counted
from tuner.results.fitted_table import FittedTable
from tuner.results.rows import columns, front_row, intervals_of
from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import TrialRecord, best_first

SIGNS = {"maximize": "↑", "minimize": "↓"}
"""How a table shows which way an objective is better."""


def front_json(study: StudyView) -> str:
    """Return the front as a JSON list, in the order of the table: number, values, parameters, attributes.

    Trials that were trained several times have intervals as well, by objective.
    """
    return json.dumps([front_object(study, record) for record in study.front()], indent=2)


def front_object(study: StudyView, record: TrialRecord) -> dict[str, Any]:
    """Return a trial of the front as JSON can hold it."""
    metrics = [objective.metric for objective in study.objectives]
    return {
        "number": record.number,
        "values": dict(zip(metrics, record.values, strict=True)),
        **_intervals(record, metrics),
        "params": dict(record.params),
        "attributes": dict(record.attributes),
    }


def front_table(study: StudyView, front: Iterable[TrialRecord]) -> FittedTable:
    """Return the front as a table, the best of the primary objective first; the database is not asked."""
    rows = [front_row(study, record) for record in best_first(front, study.objectives[0].direction)]
    directions = {objective.metric: SIGNS[objective.direction] for objective in study.objectives}
    names = columns(rows) or ["trial", *directions]
    heads = [f"{name} {directions[name]}" if name in directions else name for name in names]
    texts = [[shown(row.get(name)) for name in names] for row in rows]
    return FittedTable(f"front of {study.name}: {counted(len(rows), 'trial')}", heads, texts)


def _intervals(record: TrialRecord, metrics: Sequence[str]) -> dict[str, Any]:
    intervals = intervals_of(record, metrics)
    return {"intervals": {name: each.as_json() for name, each in intervals.items()}} if intervals else {}


def infeasible_line(count: int) -> str:
    """Return what to say beside a front of completed trials that break a constraint."""
    trials = "1 completed trial is" if count == 1 else f"{count} completed trials are"
    return f"{trials} infeasible: off the front, because a constraint of the study is broken"


def shown(value: Any) -> str:
    """Return a value as a table shows it."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
