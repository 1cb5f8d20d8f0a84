"""What is known of optuna-dashboard that it does not document: where a study's front and notes come from.

Its own front ignores constraints, and with three objectives takes time by the square of the trials. A test
meets an upgrade first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tuner.results.dashboard.figures import figures_path
from tuner.results.dashboard.script import reddened
from tuner.results.report.served import report_path
from tuner.study.constraints import is_feasible
from tuner.study.pareto import as_losses, non_dominated


def replace_front() -> None:
    """Let optuna-dashboard show our front, in red, and link reports and figures, from now on."""
    import optuna_dashboard._app  # noqa: PLC0415
    from optuna_dashboard._serializer import serialize_study_detail  # noqa: PLC0415

    def serialized(study: Any, best: Sequence[Any], *others: Any) -> Any:
        # With one objective it asks its storage for the best trial, though none may be feasible.
        feasible = [trial for trial in best if is_feasible(trial.constraints)]
        detail = serialize_study_detail(study, feasible, *others)
        name = study.study_name
        detail["note"] = with_link(detail["note"], f"[Report]({report_path(name)})")
        for trial in (*detail["trials"], *detail["best_trials"]):
            if trial["state"] == "Complete":
                trial["note"] = with_link(trial["note"], f"[Figures]({figures_path(name, trial['number'])})")
        return detail

    app: Any = optuna_dashboard._app
    plots = app.optuna.visualization
    plots.plot_pareto_front = lambda study: reddened(plots._pareto_front.plot_pareto_front(study))
    app.get_pareto_front_trials = front_trials
    app.serialize_study_detail = serialized


def with_link(note: Mapping[str, Any], link: str) -> dict[str, Any]:
    """Return a note, which is Markdown, with a link before what it says; the stored one stays as it is."""
    body = note["body"]
    return dict(note) if link in body else {**note, "body": f"{link}\n\n{body}".rstrip()}


def front_trials(trials: Sequence[Any], directions: Sequence[Any]) -> list[Any]:
    """Return the feasible trials of Optuna's that no other dominates, the best of the first objective first.

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
    front = [index for index, keep in enumerate(non_dominated(losses)) if keep]
    return [feasible[index] for index in sorted(front, key=lambda index: losses[index][0])]
