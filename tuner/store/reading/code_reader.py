"""Reads which code of their own the trials of a study were trained by."""

from __future__ import annotations

from sqlalchemy import text

from tuner.store.reading.record_reader import stored_value
from tuner.store.reading.study_view import StudyView

_CODES = text(
    "SELECT h.value_json AS code_hash, c.value_json AS code_commit, COUNT(*) AS trials FROM trials t "
    "JOIN trial_user_attributes h ON h.trial_id = t.trial_id AND h.key = 'code_hash' "
    "LEFT JOIN trial_user_attributes c ON c.trial_id = t.trial_id AND c.key = 'code_commit' "
    "WHERE t.study_id = :study_id GROUP BY h.value_json, c.value_json ORDER BY MIN(t.number)"
)


def read_codes(view: StudyView) -> list[tuple[str, str | None, int]]:
    """Return hash and commit of each own code that has trained trials, and how many, as they came."""
    with view.engine.connect() as connection:
        rows = connection.execute(_CODES, {"study_id": view.study_id}).all()
    return [
        (
            str(stored_value(row.code_hash)),
            None if row.code_commit is None else str(stored_value(row.code_commit)),
            row.trials,
        )
        for row in rows
    ]
