"""All trials of a study, or every epoch of them, in one file: CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from tuner.errors import UsageError
from tuner.results.confirmed import confirmed_columns, found
from tuner.results.rows import ALWAYS, NESTED, columns, full_row
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.reading.study_view import StudyView

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Sequence[dict[str, Any]]


def exported(study: StudyView, file_format: str, *, reports: bool = False) -> bytes:
    """Return a study in the file format asked for: `csv`, `json` or `parquet`.

    Args:
        study: the study.
        file_format: the format.
        reports: a row a report, that is every metric of every epoch, instead of a row a trial.

    Raises:
        UsageError: the format is none of these.
    """
    if file_format not in _WRITERS:
        raise UsageError(f"export: unknown format {file_format!r}; allowed: {', '.join(_WRITERS)}")
    return _WRITERS[file_format](reported_rows(study) if reports else exported_rows(study))


def exported_rows(study: StudyView) -> list[dict[str, Any]]:
    """Return every trial as a row; all rows have the same keys, in an order that no trial decides.

    First `ALWAYS`, then whether it is feasible if the study has constraints, the objectives, the parameters,
    all other metrics and attributes by name, what was confirmed, and last what is nested.
    """
    of_trials = found(confirmations_of(study))
    rows = [
        full_row(record) | confirmed_columns(of_trials.get(record.number, ())) for record in study.records()
    ]
    present = sorted({*ALWAYS, *columns(rows)})

    def named(prefix: str) -> list[str]:
        return [name for name in present if name.startswith(prefix)]

    first = [*ALWAYS, "feasible", *(objective.metric for objective in study.objectives)]
    last = [*named("confirmed"), *NESTED]
    others = [name for name in present if name not in last]
    ordered = dict.fromkeys([*first, *named("param."), *named("constraint."), *others, *last])
    return [{name: row.get(name) for name in ordered if name in present} for row in rows]


def reported_rows(study: StudyView) -> list[dict[str, Any]]:
    """Return every report as a row: by trial and epoch, a column a metric.

    `retry_of` is the number of the trial's first attempt, as in a trial's row; it is empty for the first.
    """
    reports = sorted(study.reports_of_attempts(), key=lambda report: (report[0], report[2]))
    metrics = sorted({name for *_, measured in reports for name in measured})
    return [
        {
            **{"trial": number, "retry_of": retry_of, "epoch": epoch, "reported_at": at.isoformat()},
            **{name: measured.get(name) for name in metrics},
        }
        for number, retry_of, epoch, at, measured in reports
    ]


def _csv(rows: Rows) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, [_inert(name) for name in columns(rows)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({_inert(name): _inert(value) for name, value in _flat(row).items()} for row in rows)
    return out.getvalue().encode()


def _inert(value: Any) -> Any:
    """Return the value with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _json(rows: Rows) -> bytes:
    return json.dumps(rows, indent=2).encode() + b"\n"


def _parquet(rows: Rows) -> bytes:
    from tuner.results.parquet import as_parquet  # noqa: PLC0415 - pyarrow is slow to import

    return as_parquet([_flat(row) for row in rows])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with what is nested as JSON."""
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()
    }


_WRITERS: dict[str, Callable[[Rows], bytes]] = {"csv": _csv, "json": _json, "parquet": _parquet}
