"""What other programs do to a study while it is driven, and how its driver finds out.

The dashboard and Optuna's own command line write to the same tables, and ask nobody. A trial is ours if it
bears `attempt`, which it gets before it runs; what others ask bears none.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Container

from optuna.storages import BaseStorage
from optuna.storages._cached_storage import _CachedStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import Engine, delete, text

from tuner.config.name import as_argument
from tuner.config.space.search_space import SearchSpace
from tuner.errors import Conflict
from tuner.study.store.tables import reports

DELETED = "another program deleted it from the store"

_NAME = text("SELECT study_name FROM studies WHERE study_id = :study_id")
_STATE = text("SELECT state FROM trials WHERE trial_id = :trial_id")
_NUMBERS = text("SELECT number FROM trials WHERE study_id = :study_id")
_FAILED = text(
    "INSERT INTO trials (number, study_id, state) VALUES (:number, :study_id, 'FAIL') RETURNING trial_id"
)
_ATTRIBUTE = text(
    "INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (:trial_id, :key, :value_json)"
)


class OursOnly(_CachedStorage):
    """The trials of ours and what is queued, as a sampler of ours may see them.

    Of another program's trial nothing is known: its parameters may lie outside the search space, and its
    intermediate values make every proposal of a study with several objectives raise.
    """

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        """The trials in these states, by number."""
        trials = super().get_all_trials(study_id, deepcopy, states)
        return [each for each in trials if each.state is TrialState.WAITING or "attempt" in each.user_attrs]


def conflict_of(engine: Engine, study_id: int, name: str) -> Conflict | None:
    """Why a study cannot be driven on under its name, or None: others deleted or renamed it."""
    with engine.connect() as connection:
        now = connection.scalar(_NAME, {"study_id": study_id})
    if now is None:
        return Conflict(
            f"study {name!r} was deleted while it was driven, or renamed in the dashboard, which "
            "leaves a copy; see what there is: python -m tuner status"
        )
    if now != name:
        return Conflict(
            f"study {name!r} was renamed to {now!r} while it was driven; "
            f"go on under that name: {shlex.join(['python', '-m', 'tuner', 'resume', *as_argument(now)])}"
        )
    return None


def is_running(engine: Engine, trial_id: int) -> bool:
    """Whether nobody has ended or deleted the trial."""
    with engine.connect() as connection:
        return bool(connection.scalar(_STATE, {"trial_id": trial_id}) == "RUNNING")


def forget_reports(engine: Engine, trial_id: int) -> None:
    """Removes what a deleted trial had reported under the id that a new one got: SQLite gives ids again."""
    with engine.begin() as connection:
        connection.execute(delete(reports).where(reports.c.trial_id == trial_id))


def replace_deleted(engine: Engine, study_id: int, known: int) -> None:
    """Puts a failed trial in the place of each that others deleted.

    Optuna numbers a new trial by counting those before it: a number that is missing would make it give
    another one twice.

    Args:
        engine: the store's.
        study_id: the study's.
        known: how many trials it has had at least.
    """
    with engine.begin() as connection:
        numbers = set(connection.scalars(_NUMBERS, {"study_id": study_id}))
        total = max(known, 1 + max(numbers, default=-1))
        for number in sorted(set(range(total)) - numbers):
            trial_id = connection.scalar(_FAILED, {"number": number, "study_id": study_id})
            connection.execute(delete(reports).where(reports.c.trial_id == trial_id))
            for key, value in (("attempt", 1), ("reason", DELETED)):
                row = {"trial_id": trial_id, "key": key, "value_json": json.dumps(value)}
                connection.execute(_ATTRIBUTE, row)


def adopt_queued(storage: BaseStorage, study_id: int, space: SearchSpace) -> bool:
    """Makes the trial that is queued first one of ours; whether any is queued.

    Parameters that others queued, such as in the dashboard, become a trial of ours if the search space holds
    them; else their trial fails, and says why.
    """
    for trial in storage.get_all_trials(study_id, deepcopy=False, states=(TrialState.WAITING,)):
        if "attempt" in trial.user_attrs and "reason" not in trial.user_attrs:
            return True
        problem = _problem(trial.system_attrs.get("fixed_params", {}), space)
        if problem is not None:  # said first: a driver killed in between leaves one that the next fails
            storage.set_trial_user_attr(trial._trial_id, "reason", problem)
        storage.set_trial_user_attr(trial._trial_id, "attempt", 1)
        if problem is None:
            return True
        storage.set_trial_state_values(trial._trial_id, TrialState.FAIL)
    return False


def _problem(params: dict[str, object], space: SearchSpace) -> str | None:
    """Why a config cannot have these parameters, or None; those that are not given are proposed."""
    holes = {each.name: each.hole for each in space.parameters()}
    for name, value in params.items():
        if name not in holes:
            return f"queued by another program: the search space has no parameter {name}"
        if not holes[name].holds(value):
            return f"queued by another program: {name} is {value!r}, which the search space does not hold"
    return None
