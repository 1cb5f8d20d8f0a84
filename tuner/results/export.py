"""All trials of a study in one file: CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from tuner.errors import UsageError
from tuner.results.confirmed import confirmed_columns, found
from tuner.results.rows import columns, full_row
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.reading.study_view import StudyView

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Sequence[dict[str, Any]]


def exported(study: StudyView, file_format: str) -> bytes:
    """Return every trial as a row, in the file format asked for: `csv`, `json` or `parquet`.

    Raises:
        UsageError: the format is none of these.
    """
    if file_format not in _WRITERS:
        raise UsageError(f"export: unknown format {file_format!r}; allowed: {', '.join(_WRITERS)}")
    of_trials = found(confirmations_of(study))
    return _WRITERS[file_format](
        [full_row(record) | confirmed_columns(of_trials.get(record.number, ())) for record in study.records()]
    )


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
    import pyarrow  # noqa: PLC0415 - slow to import, and needed by this one format
    from pyarrow import parquet  # noqa: PLC0415

    flat = [_flat(row) for row in rows]
    table = pyarrow.table({name: _column([row.get(name) for row in flat]) for name in columns(flat)})
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(table, sink)
    return bytes(sink.getvalue())


def _column(values: list[Any]) -> list[Any]:
    """Return values of one type, as Parquet needs them: a column that mixes types becomes text."""
    kinds = {
        float if isinstance(value, int | float) else type(value) for value in values if value is not None
    }
    mixed = len(kinds) > 1
    return [None if value is None else str(value) for value in values] if mixed else values


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()
    }


_WRITERS: dict[str, Callable[[Rows], bytes]] = {"csv": _csv, "json": _json, "parquet": _parquet}
