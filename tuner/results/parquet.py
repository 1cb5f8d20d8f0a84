"""Rows as Parquet, whose columns have one type each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow
from pyarrow import parquet

from tuner.results.rows import columns

_WHOLE = ("trial", "attempt", "retry_of", "follows", "same_as", "epoch", "epochs", "from_epoch", "seed")
_MOMENTS = ("started_at", "ended_at", "reported_at")
_PARAMETER = "param."


def as_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return rows of plain values as a Parquet file."""
    table = pyarrow.table({name: _column(name, [row.get(name) for row in rows]) for name in columns(rows)})
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(table, sink)
    return bytes(sink.getvalue())


def _column(name: str, values: list[Any]) -> Any:
    """Return a column whose type follows from its name, whichever trials there are, as far as it can.

    Numbers are of double precision, but for those that count and for parameters that are whole. What other
    programs changed so that it does not fit its type makes a column of text.
    """
    kinds = {type(value) for value in values if value is not None}
    try:
        if name in _MOMENTS:
            moments = [None if value is None else datetime.fromisoformat(value) for value in values]
            return pyarrow.array(moments, pyarrow.timestamp("us", tz="UTC"))
        if (name in _WHOLE and kinds <= {int}) or (name.startswith(_PARAMETER) and kinds == {int}):
            return pyarrow.array(values, pyarrow.int64())
        if kinds in ({int}, {float}, {int, float}):
            return pyarrow.array(values, pyarrow.float64())
        if kinds == {bool}:
            return pyarrow.array(values)
    except (pyarrow.ArrowException, ValueError, TypeError, OverflowError):
        pass  # they are text
    texts = [None if value is None else str(value) for value in values]
    return pyarrow.array(texts, pyarrow.string())
