"""Reads which data the trials of a study were trained on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from tuner.store.reading.record_reader import stored_value
from tuner.store.reading.study_view import StudyView

_SPLITS = text(
    "SELECT t.number, c.value_json AS config, h.value_json AS split_hash FROM trials t "
    "JOIN trial_user_attributes c ON c.trial_id = t.trial_id AND c.key = 'config' "
    "JOIN trial_user_attributes h ON h.trial_id = t.trial_id AND h.key = 'split_hash' "
    "WHERE t.study_id = :study_id AND t.state IN ('COMPLETE', 'PRUNED') ORDER BY t.number"
)


def read_splits(view: StudyView) -> list[tuple[int, Any, str]]:
    """Return number, `config` and `split_hash` of each trial that completed or was stopped, by number."""
    with view.engine.connect() as connection:
        rows = connection.execute(_SPLITS, {"study_id": view.study_id}).all()
    return [(row.number, stored_value(row.config), str(stored_value(row.split_hash))) for row in rows]
