"""Which rows of the store are a driver's trials: read once, and noted with each event."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

_OURS = text(
    "SELECT t.trial_id, t.number, t.state, a.key, a.value_json FROM trials t "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id "
    "AND a.key IN ('attempt', 'asked_by', 'asked_as') WHERE t.study_id = :study_id"
)


@dataclass
class TrialRows:
    """Which rows of `trials` are this driver's, and which it has seen.

    Attributes:
        ids: the row of each of the driver's trials, by the trial's number. The number in the row is another
            one where another program took the number first; then the row has the attribute `asked_as`.
        open: the states of those that run or wait, by number.
        known: all rows of the study that were seen, whoever made them.
    """

    ids: dict[int, int] = field(default_factory=dict)
    open: dict[int, str] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)

    def add(self, number: int, trial_id: int, state: str) -> None:
        """Note a trial of the driver's, and its state."""
        self.ids[number] = trial_id
        self.known.add(trial_id)
        self.open[number] = state
        if state not in ("RUNNING", "WAITING"):
            self.forget(number)

    def forget(self, number: int) -> None:
        """Note that a trial neither runs nor waits any more, or is no longer the driver's."""
        self.open.pop(number, None)


def read_rows(connection: Connection, study_id: int, driver: str) -> TrialRows:
    """Return the rows of the trials that are ours, by the numbers that this driver knows them by."""
    rows, attributes = TrialRows(), defaultdict[int, dict[str, Any]](dict)
    stored = connection.execute(_OURS, {"study_id": study_id}).all()
    for trial_id, _, _, key, value in stored:
        rows.known.add(trial_id)
        if key is not None:
            attributes[trial_id][key] = json.loads(value)
    # What another program queued is taken on as well.
    mine_or_queued: dict[int, tuple[int, int, str]] = {
        row.trial_id: (row.trial_id, row.number, row.state)
        for row in stored
        if attributes[row.trial_id] or row.state == "WAITING"
    }
    # Under a number that another program took first, the driver's own trial comes last, and stays.
    ours = sorted(mine_or_queued.values(), key=lambda row: "asked_as" in attributes[row[0]])
    for trial_id, number, state in ours:
        asked = attributes[trial_id]
        known_as = asked.get("asked_as", number) if asked.get("asked_by") == driver else number
        rows.add(int(known_as), trial_id, state)
    return rows
