"""How many trials a study has in each state, and the values of the feasible ones, as arrays.

The database counts, and numpy ranks: a study of ten thousand trials is summed up without one Python object a
trial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, text

from tuner.config.sections import Objective
from tuner.store.optuna_internals import INFINITE
from tuner.store.reading.record_reader import read_constraints
from tuner.store.tables.optuna_tables import trials_of
from tuner.study.constraints import is_feasible
from tuner.study.pareto import Array, as_losses, non_dominated

IS_OURS = "EXISTS (SELECT 1 FROM trial_user_attributes o WHERE o.trial_id = t.trial_id AND o.key = 'attempt')"
"""Whether a driver of ours asked for trial `t`; other programs may ask in the same study."""

_STATES = text(
    f"SELECT t.state, {IS_OURS} AS ours, COUNT(*) FROM trials t WHERE t.study_id = :study_id GROUP BY 1, 2"
)
_VALUES = text(
    "SELECT t.trial_id, t.number, v.objective, v.value, v.value_type "
    "FROM trials t JOIN trial_values v ON v.trial_id = t.trial_id "
    f"WHERE t.study_id = :study_id AND t.state = 'COMPLETE' AND {IS_OURS}"
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


def feasible_rows(connection: Connection, study_id: int) -> tuple[list[Row[Any]], int]:
    """Return a row for each value of a feasible trial of ours, and how many trials break a constraint."""
    constraints = read_constraints(connection, trials_of(study_id))
    infeasible = {trial_id for trial_id, values in constraints.items() if not is_feasible(values)}
    completed = connection.execute(_VALUES, {"study_id": study_id}).all()
    rows = [row for row in completed if row.trial_id not in infeasible]
    return rows, len({row.trial_id for row in completed} & infeasible)


def read_summary(connection: Connection, study_id: int, objectives: Sequence[Objective]) -> StudySummary:
    """Sum up the trials of a study."""
    only = {"study_id": study_id}
    states: dict[str, int] = {}
    foreign = 0
    for state, ours, count in connection.execute(_STATES, only):
        if ours or state == "WAITING":
            states[state] = states.get(state, 0) + count
        else:
            foreign += count
    rows, infeasible = feasible_rows(connection, study_id)
    numbers, index = np.unique(np.array([row.number for row in rows], dtype=np.int64), return_inverse=True)
    values = np.full((len(numbers), len(objectives)), np.nan)
    of_objective = [row.objective for row in rows]
    values[index, of_objective] = [INFINITE.get(row.value_type, row.value) for row in rows]
    whole = ~np.isnan(values).any(axis=1)  # others may have deleted a value
    return StudySummary(objectives, states, foreign, infeasible, numbers[whole], values[whole])
