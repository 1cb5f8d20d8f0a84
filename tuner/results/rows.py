"""A trial as a flat row: what a table, a CSV file or a JSON list shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from rich.text import Text

from tuner.results.intervals import Interval
from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import TrialRecord
from tuner.terminal_text import printable

ALWAYS = ("trial", "state", "started_at", "ended_at", "seconds", "attempt", "retry_of", "reason")
"""What every exported row has, empty where it does not apply; `seconds` is how long it trained."""

NESTED = ("results", "config", "versions")


def front_row(study: StudyView, record: TrialRecord) -> dict[str, Any]:
    """Return what tells the trials of a front apart: number, objectives, parameters.

    An objective is a number, or an `Interval` if the trial was trained several times and they differ.
    """
    metrics = [objective.metric for objective in study.objectives]
    values = dict(zip(metrics, record.values, strict=True)) | intervals_of(record, metrics)
    return {"trial": record.number, **values, **record.params}


def intervals_of(record: TrialRecord, metrics: Sequence[str]) -> dict[str, Interval]:
    """Return the mean and interval of each of these metrics over a trial's trainings; empty if it had one.

    What is the same in all of them, such as the number of labelled images, is left out.
    """
    results = record.attributes.get("results") or ()
    measured = {name: [result[name] for result in results if name in result] for name in metrics}
    return {name: Interval.of(each) for name, each in measured.items() if len(set(each)) > 1}


def full_row(record: TrialRecord) -> dict[str, Any]:
    """Return all that the store has of a trial: parameters as `param.NAME`, attributes by their own names.

    A completed trial of a study with constraints says whether it is `feasible`, and as `constraint.KEY` how
    far it is beyond each bound; 0 or less is within it.
    """
    constraints = {f"constraint.{key}": value for key, value in record.constraints.items()}
    return {
        "trial": record.number,
        "state": record.state,
        "ended_at": record.ended and record.ended.replace(tzinfo=UTC).isoformat(),
        **({"feasible": record.is_feasible} if constraints else {}),
        **constraints,
        **{f"param.{name}": value for name, value in record.params.items()},
        **record.attributes,
    }


def cell(text: str) -> Text:
    """Return a table's cell that shows the text: brackets are no marks, and no control character acts."""
    return Text(printable(text).replace("\n", " "))


def columns(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the keys of all rows, in the order in which they first come."""
    return list(dict.fromkeys(key for row in rows for key in row))
