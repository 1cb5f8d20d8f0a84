"""How many trials studies have in each state, and the values of the feasible ones, as arrays.

The database counts, and numpy ranks: a thousand studies are summed up with as many statements as one.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, text

from tuner.config.sections import Objective
from tuner.store.optuna_internals import INFINITE
from tuner.store.reading.record_reader import read_constraints
from tuner.store.reading.scope import of_studies
from tuner.store.tables.optuna_tables import trials_of
from tuner.study.constraints import is_feasible
from tuner.study.pareto import Array, as_losses, non_dominated

IS_OURS = "EXISTS (SELECT 1 FROM trial_user_attributes o WHERE o.trial_id = t.trial_id AND o.key = 'attempt')"
"""Whether a driver of ours asked for trial `t`; other programs may ask in the same study."""

_STATES = (
    f"SELECT t.study_id, t.state, {IS_OURS} AS ours, COUNT(*) FROM trials t WHERE {{which}} GROUP BY 1, 2, 3"
)
_VALUES = (
    "SELECT t.study_id, t.trial_id, t.number, v.objective, v.value, v.value_type "
    "FROM trials t JOIN trial_values v ON v.trial_id = t.trial_id "
    f"WHERE {{which}} AND t.state = 'COMPLETE' AND {IS_OURS}"
)


@dataclass(frozen=True, eq=False)
class StudySummary:
    """A study's trials in numbers.

    Attributes:
        objectives: the study's.
        states: how many trials are in each of Optuna's states; none that another program asked, unless it
            is queued.
        foreign: how many trials other programs asked.
        infeasible: how many completed trials break a constraint.
        numbers: `(N,)`, those of the other completed trials, rising.
        values: `(N, M)`, their values, a column an objective.
    """

    objectives: Sequence[Objective]
    states: Mapping[str, int]
    foreign: int
    infeasible: int
    numbers: NDArray[np.int64]
    values: Array

    @property
    def done(self) -> int:
        """How many trials count towards the budget: the completed and the stopped ones."""
        return self.states.get("COMPLETE", 0) + self.states.get("PRUNED", 0)

    def best(self) -> dict[str, float]:
        """Return the best value of each objective, by its metric; empty until a trial is feasible."""
        if not len(self.values):
            return {}
        return {
            objective.metric: float(column.max() if objective.direction == "maximize" else column.min())
            for objective, column in zip(self.objectives, self.values.T, strict=True)
        }

    def best_trials(self) -> dict[str, int]:
        """Return the first trial that has the best value of each objective, by the objective's metric."""
        return {
            metric: int(self.numbers[column == value][0])
            for (metric, value), column in zip(self.best().items(), self.values.T, strict=False)
        }

    def front(self) -> list[int]:
        """Return the numbers of the feasible trials that no other dominates, rising."""
        losses = as_losses(self.values, [objective.direction for objective in self.objectives])
        return [int(number) for number in self.numbers[non_dominated(losses)]]


def feasible_rows(
    connection: Connection, study_ids: Collection[int]
) -> tuple[defaultdict[int, list[Row[Any]]], Counter[int]]:
    """Return, by study, a row for each value of a feasible trial of ours, and how many break a constraint."""
    constraints = read_constraints(connection, trials_of(study_ids))
    broken = {trial_id for trial_id, values in constraints.items() if not is_feasible(values)}
    rows: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    infeasible = set()
    for row in connection.execute(text(_VALUES.format(which=of_studies(study_ids)))).all():
        if row[1] in broken:
            infeasible.add((row[0], row[1]))
        else:
            rows[row[0]].append(row)
    return rows, Counter(study_id for study_id, _ in infeasible)


def read_summaries(
    connection: Connection, objectives: Mapping[int, Sequence[Objective]]
) -> dict[int, StudySummary]:
    """Sum up the trials of studies; these and their objectives are given by their ids."""
    states: defaultdict[int, Counter[str]] = defaultdict(Counter)
    foreign: Counter[int] = Counter()
    counts = connection.execute(text(_STATES.format(which=of_studies(objectives))))
    for study_id, state, ours, count in counts:
        if ours or state == "WAITING":
            states[study_id][state] += count
        else:
            foreign[study_id] += count
    rows, infeasible = feasible_rows(connection, objectives)
    return {
        each: StudySummary(
            listed, dict(states[each]), foreign[each], infeasible[each], *_arrays(rows[each], len(listed))
        )
        for each, listed in objectives.items()
    }


def _arrays(rows: Iterable[Sequence[Any]], objectives: int) -> tuple[NDArray[np.int64], Array]:
    """Return the numbers of trials, rising, and their values, from rows of a value each."""
    trials: defaultdict[int, list[float]] = defaultdict(lambda: [math.nan] * objectives)
    for _, _, number, objective, value, kind in rows:
        trials[number][objective] = INFINITE.get(kind, math.nan if value is None else value)
    # Others may have deleted a value.
    whole = sorted((number, values) for number, values in trials.items() if not any(map(math.isnan, values)))
    numbers = np.array([number for number, _ in whole], dtype=np.int64)
    return numbers, np.array([values for _, values in whole], dtype=float).reshape(-1, objectives)
