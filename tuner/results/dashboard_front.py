"""What is known of optuna-dashboard that it does not document: where it takes the front of a study from.

Its own front ignores constraints, and with three objectives takes time by the square of the trials. A test
meets an upgrade first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tuner.study.constraints import is_feasible
from tuner.study.pareto import as_losses, non_dominated


def replace_front() -> None:
    """Let optuna-dashboard show the front that this program does, from now on, in this process."""
    import optuna_dashboard._app  # noqa: PLC0415
    from optuna_dashboard._serializer import serialize_study_detail  # noqa: PLC0415

    def serialized(study: Any, best: Sequence[Any], *others: Any) -> Any:
        # With one objective it asks its storage for the best trial, though none may be feasible.
        feasible = [trial for trial in best if is_feasible(trial.constraints)]
        return serialize_study_detail(study, feasible, *others)

    app: Any = optuna_dashboard._app
    app.get_pareto_front_trials = front_trials
    app.serialize_study_detail = serialized


def front_trials(trials: Sequence[Any], directions: Sequence[Any]) -> list[Any]:
    """Return the feasible trials of Optuna's that no other dominates, in the same order.

    Args:
        trials: a study's, in any state.
        directions: Optuna's, one an objective.
    """
    feasible = [
        trial
        for trial in trials
        if trial.state.name == "COMPLETE"
        and len(trial.values) == len(directions)
        and is_feasible(trial.constraints)
    ]
    losses = as_losses([trial.values for trial in feasible], [each.name.lower() for each in directions])
    return [trial for trial, keep in zip(feasible, non_dominated(losses), strict=True) if keep]
