"""What is known of optuna-dashboard that it does not document: how it answers the page of a study.

Its own front ignores constraints, and with three objectives takes time by the square of the trials; it knows
constraint values only as Optuna stored them before its version 5; it serves trials that are up to ten seconds
old, and writes out each of them for every visitor. A test meets an upgrade
first.
"""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tuner.results.dashboard.figures import figures_path
from tuner.results.dashboard.script import reddened
from tuner.results.report.served import report_path
from tuner.store.reading.following.followed_trials import STUDIES
from tuner.study.constraints import is_feasible
from tuner.study.pareto import as_losses, non_dominated

_OF_TRIAL = re.compile("dashboard:(?:artifacts:)?([0-9]+):")
"""What the key of a study's system attribute begins with that is a trial's: its note, its artifacts."""


def replace_front() -> None:
    """Let optuna-dashboard show our front, in red, and link reports and figures, from now on."""
    import optuna_dashboard._app  # noqa: PLC0415

    page = StudyPage()
    app: Any = optuna_dashboard._app
    plots = app.optuna.visualization
    plots.plot_pareto_front = lambda study: reddened(plots._pareto_front.plot_pareto_front(study))
    app.get_trials = lambda _cache, storage, study_id: storage.get_all_trials(study_id, deepcopy=False)
    app.get_pareto_front_trials = front_trials
    app.get_cached_extra_study_property = page.extra_properties
    app.serialize_study_detail = page.serialized


@dataclass
class _Shown:
    """What is kept of a trial until it is read anew.

    Attributes:
        trial: Optuna's.
        shape: what it adds to the study's search space and attributes; the same for most trials.
        written: the trial as the page is given it, behind what it was written from: the name of its study,
            and what that has noted of the trial.
    """

    trial: Any
    shape: tuple[Any, ...]
    written: tuple[Any, str] = None, ""


class StudyPage:
    """What the page of a study is given: a trial is looked at and written out once, until it is read anew."""

    def __init__(self) -> None:
        self._shown: dict[int, dict[int, _Shown]] = {}
        self._lock = threading.Lock()

    def extra_properties(self, _cache: Any, study_id: int, trials: Sequence[Any]) -> Any:
        """Return a study's search spaces, its attributes, and whether trials have intermediate values.

        They are optuna-dashboard's own, for the newest trial of each shape: others add nothing.
        """
        from optuna_dashboard._inmemory_cache import InMemoryCache, get_cached_extra_study_property  # noqa: PLC0415

        with self._lock:
            before = self._shown.pop(study_id, {})
            shown = {trial._trial_id: _kept(before, trial) for trial in trials}
            self._shown[study_id] = shown
            if len(self._shown) > STUDIES:
                del self._shown[next(iter(self._shown))]
        shapes: dict[tuple[Any, ...], Any] = {}
        for each in reversed(shown.values()):
            shapes.setdefault(each.shape, each.trial)
        return get_cached_extra_study_property(InMemoryCache(), study_id, list(reversed(shapes.values())))

    def serialized(self, study: Any, best: Sequence[Any], trials: Sequence[Any], *facts: Any) -> str:
        """Return what the page is given, as JSON: the study, and these trials."""
        from optuna_dashboard._serializer import serialize_study_detail  # noqa: PLC0415

        # With one objective it asks its storage for the best trial, though none may be feasible.
        feasible = [trial for trial in best if is_feasible(trial.constraints)]
        detail = serialize_study_detail(study, [], [], *facts)
        detail["note"] = with_link(detail["note"], f"[Report]({report_path(study.study_name)})")
        noted: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        for key, value in study.system_attrs.items():
            if found := _OF_TRIAL.match(key):
                noted[int(found[1])][key] = value
        shown = self._shown.get(study._study_id, {})
        lists = {
            key: ", ".join(_text(study, trial, noted.get(trial._trial_id, {}), shown) for trial in listed)
            for key, listed in (("trials", trials), ("best_trials", feasible))
        }
        others = {key: value for key, value in detail.items() if key not in lists}
        return json.dumps(others)[:-1] + "".join(f', "{key}": [{lists[key]}]' for key in lists) + "}"


def _kept(before: Mapping[int, _Shown], trial: Any) -> _Shown:
    """Return what is kept of a trial, which is nothing but its shape if it was read anew."""
    kept = before.get(trial._trial_id)
    if kept is not None and kept.trial is trial:
        return kept
    searched = () if trial.state.name == "FAIL" else tuple((n, id(d)) for n, d in trial.distributions.items())
    attributes = tuple(
        (key, isinstance(value, int | float) and not isinstance(value, bool))
        for key, value in trial.user_attrs.items()
    )
    return _Shown(trial, (trial.state.name == "FAIL", searched, attributes, bool(trial.intermediate_values)))


def _text(study: Any, trial: Any, noted: Mapping[str, Any], shown: Mapping[int, _Shown]) -> str:
    """Return a trial as JSON, linked to its figures.

    Args:
        study: Optuna's.
        trial: one of its trials.
        noted: the study's attributes that are about this trial.
        shown: what is kept of the study's trials.
    """
    from optuna_dashboard._serializer import serialize_frozen_trial  # noqa: PLC0415

    kept, context = shown.get(trial._trial_id), (study.study_name, noted)
    if kept is None or kept.trial is not trial:
        kept = _Shown(trial, ())
    if kept.written[0] != context:
        written = serialize_frozen_trial(study._study_id, trial, noted)
        written["constraints"] = list(trial.constraints.values())
        if written["state"] == "Complete":
            link = f"[Figures]({figures_path(study.study_name, trial.number)})"
            written["note"] = with_link(written["note"], link)
        kept.written = context, json.dumps(written)
    return kept.written[1]


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
