"""Which studies a statement reads: one, or many at once."""

from __future__ import annotations

from collections.abc import Collection


def of_studies(study_ids: Collection[int], table: str = "t") -> str:
    """Return the condition that a row of a table is of one of these studies; ids are written into it.

    A database takes only so many parameters.
    """
    return f"{table}.study_id IN ({', '.join(str(int(each)) for each in study_ids) or 'NULL'})"
