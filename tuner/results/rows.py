"""A trial as a flat row: what a table, a CSV file or a JSON list shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import TrialRecord
from tuner.terminal_text import printable

_NESTED = ("config", "versions")


def front_row(study: StudyView, record: TrialRecord) -> dict[str, Any]:
    """Return what tells the trials of a front apart: number, objectives, parameters."""
    metrics = [objective.metric for objective in study.objectives]
    return {"trial": record.number, **dict(zip(metrics, record.values, strict=True)), **record.params}


def full_row(record: TrialRecord) -> dict[str, Any]:
    """Return all that the store has of a trial: parameters as `param.NAME`, attributes by their own names.

    A completed trial of a study with constraints says whether it is `feasible`, and as `constraint.KEY` how
    far it is beyond each bound; 0 or less is within it.
    """
    constraints = {f"constraint.{key}": value for key, value in record.constraints.items()}
    return {
        "trial": record.number,
        "state": record.state,
        **({"feasible": record.is_feasible} if constraints else {}),
        **constraints,
        **{f"param.{name}": value for name, value in record.params.items()},
        **{name: value for name, value in sorted(record.attributes.items()) if name not in _NESTED},
        **{name: record.attributes[name] for name in _NESTED if name in record.attributes},
    }


def cell(text: str) -> Text:
    """Return a table's cell that shows the text: brackets are no marks, and no control character acts."""
    return Text(printable(text).replace("\n", " "))


def columns(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the keys of all rows, in the order in which they first come."""
    return list(dict.fromkeys(key for row in rows for key in row))
