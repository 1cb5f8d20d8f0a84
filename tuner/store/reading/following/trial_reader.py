"""A study's trials as Optuna has them, read without its mapping of rows to objects: five times as fast."""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from optuna.distributions import BaseDistribution, json_to_distribution
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import Connection, Integer, Select, TableClause, bindparam, select

from tuner.store.optuna_internals import value_of
from tuner.store.reading.record_reader import stored_value
from tuner.store.tables import optuna_tables as optuna

_distribution = functools.lru_cache(maxsize=1024)(json_to_distribution)


def read_trials(
    connection: Connection, study_id: int, trial_ids: Collection[int] | None = None
) -> list[FrozenTrial]:
    """Return the trials of a study in the order of their rows.

    An attribute that is no JSON is the text that it is. Trials share their distributions.

    Args:
        connection: to the store.
        study_id: the study's id.
        trial_ids: the rows of those to return; None for all.
    """
    ids = optuna.trials_of(study_id)
    if trial_ids is not None:
        # Written into the statement: a database takes only so many parameters.
        listed = bindparam("ids", sorted(trial_ids), Integer, expanding=True, literal_execute=True)
        ids = ids.where(optuna.trials.c.trial_id.in_(listed))
    rows = select(optuna.trials).where(optuna.trials.c.trial_id.in_(ids)).order_by(optuna.trials.c.trial_id)
    trials = connection.execute(rows).all()
    params: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    distributions: defaultdict[int, dict[str, BaseDistribution]] = defaultdict(dict)
    for trial_id, name, value, text in connection.execute(optuna.rows_of(optuna.params, ids)):
        distribution = distributions[trial_id][name] = _distribution(text)
        params[trial_id][name] = distribution.to_external_repr(value)
    values: defaultdict[int, list[float]] = defaultdict(list)
    for trial_id, _, value, kind in connection.execute(optuna.rows_of(optuna.values, ids, "objective")):
        values[trial_id].append(value_of(value, kind))
    intermediates: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for trial_id, step, value, kind in connection.execute(optuna.rows_of(optuna.intermediates, ids)):
        intermediates[trial_id][step] = math.nan if kind == "NAN" else value_of(value, kind)
    user_attributes = _attributes(connection, optuna.user_attributes, ids)
    system_attributes = _attributes(connection, optuna.system_attributes, ids)
    return [
        FrozenTrial(
            number=row.number,
            state=TrialState[row.state],
            value=None,
            values=values.get(row.trial_id),
            datetime_start=row.datetime_start,
            datetime_complete=row.datetime_complete,
            params=params[row.trial_id],
            distributions=distributions[row.trial_id],
            user_attrs=user_attributes[row.trial_id],
            system_attrs=system_attributes[row.trial_id],
            intermediate_values=intermediates[row.trial_id],
            trial_id=row.trial_id,
        )
        for row in trials
    ]


def _attributes(
    connection: Connection, table: TableClause, ids: Select[Any]
) -> defaultdict[int, dict[str, Any]]:
    attributes: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for trial_id, key, text in connection.execute(optuna.rows_of(table, ids)):
        attributes[trial_id][key] = stored_value(text)
    return attributes
