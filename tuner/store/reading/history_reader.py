"""What a driver reads of its study once, when it begins: rows for its writer, history for its sampler."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, DateTime, Table, select, text

from tuner.store.optuna_internals import value_of, with_numbers
from tuner.store.tables import optuna_tables as optuna
from tuner.store.writing.event_tables import TrialRows

_OURS = text(
    "SELECT t.trial_id, t.number, t.state, a.key, a.value_json FROM trials t "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id "
    "AND a.key IN ('attempt', 'asked_by', 'asked_as') WHERE t.study_id = :study_id"
)
_TRIALS = text(
    "SELECT t.trial_id, t.number, t.state, t.datetime_start, t.datetime_complete, "
    "a.trial_id IS NOT NULL AS ours FROM trials t "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'attempt' "
    "WHERE t.study_id = :study_id ORDER BY t.number"
).columns(datetime_start=DateTime, datetime_complete=DateTime)
_ATTRIBUTES = text(
    "SELECT a.trial_id, a.key, a.value_json FROM trial_user_attributes a "
    "JOIN trials t ON t.trial_id = a.trial_id "
    "WHERE t.study_id = :study_id AND (t.state IN ('RUNNING', 'WAITING') OR a.key = 'follows')"
)


@dataclass
class StoredTrial:
    """A trial of the study's, as its sampler may see it.

    Attributes:
        number: its number.
        state: Optuna's state.
        ours: whether it is this program's; of another program's only what it waits with is used.
        params: of each parameter its value as Optuna stores it, and its distribution as JSON.
        attributes: its user attributes if it runs or waits, else only `follows`.
    """

    number: int
    state: str
    ours: bool
    started: Any = None
    ended: Any = None
    params: dict[str, tuple[float, str]] = field(default_factory=dict)
    values: list[float] = field(default_factory=list)
    intermediates: dict[int, float] = field(default_factory=dict)
    system_attributes: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredHistory:
    """All trials of a study by number, and what its sampler keeps with the study."""

    trials: Sequence[StoredTrial]
    study_attributes: Mapping[str, Any]

    @property
    def proposals(self) -> int:
        """How many of the trials a sampler has proposed: all that ran, but for further attempts."""
        asked = [trial for trial in self.trials if trial.ours and trial.state != "WAITING"]
        return sum("follows" not in trial.attributes for trial in asked)


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


def read_history(connection: Connection, study_id: int) -> StoredHistory:
    """Return what a sampler needs to go on where the one before it ended."""
    only = {"study_id": study_id}
    trials = {
        row.trial_id: StoredTrial(
            row.number, row.state, bool(row.ours), row.datetime_start, row.datetime_complete
        )
        for row in connection.execute(_TRIALS, only)
    }
    ours = {trial_id: trial for trial_id, trial in trials.items() if trial.ours}
    for trial_id, name, value, kind in _of_trials(connection, optuna.params, study_id):
        if trial_id in ours:
            ours[trial_id].params[name] = (value, kind)
    for trial_id, _, value, kind in _of_trials(connection, optuna.values, study_id):
        if trial_id in ours:
            ours[trial_id].values.append(value_of(value, kind))
    for trial_id, step, value, _ in _of_trials(connection, optuna.intermediates, study_id):
        if trial_id in ours:
            ours[trial_id].intermediates[step] = value
    for trial_id, key, value in _of_trials(connection, optuna.system_attributes, study_id):
        trials[trial_id].system_attributes[key] = json.loads(value)
    for trial_id, key, value in connection.execute(_ATTRIBUTES, only):
        trials[trial_id].attributes[key] = json.loads(value)
    numbers = {trial_id: trial.number for trial_id, trial in trials.items()}
    of_study = optuna.study_system_attributes.c
    kept = connection.execute(select(of_study.key, of_study.value_json).where(of_study.study_id == study_id))
    attributes = {key: with_numbers(key, json.loads(value), numbers) for key, value in kept}
    return StoredHistory(list(trials.values()), attributes)


def _of_trials(connection: Connection, table: Table, study_id: int) -> Iterable[Any]:
    """Return all rows of a table for the trials of a study, in the order in which they were written."""
    of_study = select(optuna.trials.c.trial_id).where(optuna.trials.c.study_id == study_id)
    columns = [column for column in table.columns if not column.primary_key]
    written = next(iter(table.primary_key))
    return connection.execute(select(*columns).where(table.c.trial_id.in_(of_study)).order_by(written))
