"""Reads what a driver's samplers know of its study, once, when it begins."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Connection, DateTime, text

from tuner.store.optuna_internals import value_of, with_numbers
from tuner.store.reading.attempts_reader import read_cut_short
from tuner.store.tables import optuna_tables as optuna
from tuner.study.stored_history import StoredHistory, StoredTrial

_TRIALS = text(
    "SELECT t.trial_id, t.number, t.state, t.datetime_start, t.datetime_complete, "
    "a.trial_id IS NOT NULL AS ours FROM trials t "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'attempt' "
    "WHERE t.study_id = :study_id ORDER BY t.number"
).columns(datetime_start=DateTime, datetime_complete=DateTime)
_ATTRIBUTES = text(
    "SELECT a.trial_id, a.key, a.value_json FROM trial_user_attributes a "
    "JOIN trials t ON t.trial_id = a.trial_id "
    "WHERE t.study_id = :study_id AND "
    "(t.state IN ('RUNNING', 'WAITING') OR "
    "a.key IN ('follows', 'results', 'epochs', 'same_as', 'code_hash'))"
)


def read_history(connection: Connection, study_id: int) -> StoredHistory:
    """Return what a sampler needs to go on where the one before it ended."""
    only, ids = {"study_id": study_id}, optuna.trials_of(study_id)
    trained = read_cut_short(connection, [study_id])
    trials = {
        row.trial_id: StoredTrial(
            number=row.number,
            state=row.state,
            ours=bool(row.ours),
            started=row.datetime_start,
            ended=row.datetime_start + timedelta(seconds=trained[study_id, row.number])
            if (study_id, row.number) in trained and row.datetime_start
            else row.datetime_complete,
        )
        for row in connection.execute(_TRIALS, only)
    }
    ours = {trial_id: trial for trial_id, trial in trials.items() if trial.ours}
    for trial_id, name, value, kind in connection.execute(optuna.rows_of(optuna.params, ids)):
        if trial_id in ours:
            ours[trial_id].params[name] = (value, kind)
    for trial_id, _, value, kind in connection.execute(optuna.rows_of(optuna.values, ids)):
        if trial_id in ours:
            ours[trial_id].values.append(value_of(value, kind))
    for trial_id, step, value, _ in connection.execute(optuna.rows_of(optuna.intermediates, ids)):
        if trial_id in ours:
            ours[trial_id].intermediates[step] = value
    for trial_id, key, value in connection.execute(optuna.rows_of(optuna.system_attributes, ids)):
        trials[trial_id].system_attributes[key] = json.loads(value)
    for trial_id, key, value in connection.execute(_ATTRIBUTES, only):
        trials[trial_id].attributes[key] = json.loads(value)
    numbers = {trial_id: trial.number for trial_id, trial in trials.items()}
    stored = connection.execute(optuna.attributes_of(optuna.study_system_attributes, study_id))
    attributes = {key: with_numbers(key, json.loads(value), numbers) for key, value in stored}
    return StoredHistory(list(trials.values()), attributes)
