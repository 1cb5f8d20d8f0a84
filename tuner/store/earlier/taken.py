"""The trials that a new study begins with, and what is said about those that were left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from optuna.trial import FixedTrial, FrozenTrial, TrialState, create_trial

from formats.messages import counted
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.store.earlier.fitting import Unfit, params_in, points_in, refuse_unlike
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.study.constraints import constraint_values
from tuner.study.pareto import as_losses, places
from tuner.study.trial_record import TrialRecord

_OF_EARLIER = ("asked_as", "asked_by", "follows", "lost_on", "retry_of", "same_as")

Reports = Sequence[tuple[int, Mapping[str, float | None]]]


@dataclass(frozen=True)
class Taken:
    """What a new study begins with.

    Attributes:
        trials: in their order, each with its reports by epoch.
        lines: what was taken from where, and what was left out, for people.
    """

    trials: list[tuple[FrozenTrial, Reports]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def taken_by(store: StudyStore, config: StudyConfig, results_of: str | None) -> Taken:
    """Return what a new study takes: all results of one study that fit, and the best points of others.

    Args:
        store: has the earlier studies.
        config: the new study's; its `warm_start` names those whose points are taken.
        results_of: the study whose results are taken, or None.

    Raises:
        UsageError: there is no such study, or none of its trials can fit.
    """
    taken = Taken()
    if results_of is not None:
        _take_results(taken, store.load(results_of), config)
    if config.warm_start is not None:
        for name in config.warm_start.studies:
            _take_points(taken, store.load(name), config, config.warm_start.best)
    return taken


def _take_results(taken: Taken, earlier: StudyView, config: StudyConfig) -> None:
    refuse_unlike(earlier.config, config)
    reports = _by_origin(earlier)
    left_out: defaultdict[str, list[int]] = defaultdict(list)
    for record in earlier.records():
        if record.state not in ("COMPLETE", "PRUNED"):
            continue
        try:
            params = params_in(config, record, earlier.config)
        except Unfit as reason:
            left_out[str(reason)].append(record.number)
        else:
            listed = reports.get(record.origin, [])
            taken.trials.append((_finished(record, params, config, earlier.name, listed), listed))
    taken.lines.append(f"took over {counted(len(taken.trials), 'trial')} of study {earlier.name}")
    taken.lines.extend(
        f"left out {len(each)}: {why} (trials {_listed(each)})" for why, each in left_out.items()
    )


def _finished(
    record: TrialRecord, params: dict[str, Any], config: StudyConfig, name: str, reports: Reports
) -> FrozenTrial:
    fixed = FixedTrial(params)
    config.space.suggest(fixed)
    kept = {key: value for key, value in record.attributes.items() if key not in _OF_EARLIER}
    completed = record.state == "COMPLETE"
    metrics = [objective.metric for objective in config.objectives]
    trial = create_trial(
        state=TrialState[record.state],
        values=[record.attributes[metric] for metric in metrics] if completed else None,
        params=params,
        distributions=fixed.distributions,
        intermediate_values=_intermediates(reports, metrics),
        constraints=constraint_values(config.constraints, record.attributes) if completed else None,
        user_attrs={**kept, "taken_from": f"{name}/{record.number}"},
    )
    trial.datetime_start, trial.datetime_complete = record.started, record.ended
    return trial


def _intermediates(reports: Reports, metrics: Sequence[str]) -> dict[int, float]:
    """Return what Optuna keeps of a trial's epochs: the objective, if there is one alone."""
    if len(metrics) > 1:
        return {}
    values = {epoch: measured.get(metrics[0]) for epoch, measured in reports}
    return {epoch: value for epoch, value in values.items() if value is not None}


def _take_points(taken: Taken, earlier: StudyView, config: StudyConfig, best: int) -> None:
    metrics = [objective.metric for objective in config.objectives]
    completed = [record for record in earlier.records() if record.state == "COMPLETE"]
    judged = [record for record in completed if all(metric in record.attributes for metric in metrics)]
    if not judged:
        raise UsageError(
            f"warm_start.studies: study {earlier.name!r} has no completed trial with {', '.join(metrics)}; "
            "name another study"
        )
    directions = [objective.direction for objective in config.objectives]
    losses = as_losses([[record.attributes[metric] for metric in metrics] for record in judged], directions)
    ranked = [judged[index] for index in np.argsort(places(losses)[1])]
    begun_with = [_point(trial) for trial, _ in taken.trials]
    before = len(begun_with)
    for record in ranked[:best]:
        held, left_out = points_in(config, record)
        if held and held not in begun_with:
            begun_with.append(held)
            taken.trials.append((_waiting(held, earlier.name, record.number), []))
        if left_out:
            taken.lines.append(f"left out of trial {record.number} of {earlier.name}: {', '.join(left_out)}")
    taken.lines.append(f"queued {len(begun_with) - before} of the best points of study {earlier.name}")


def _point(trial: FrozenTrial) -> Mapping[str, Any]:
    """Return what a trial was trained with, or is queued with."""
    point: Mapping[str, Any] = trial.system_attrs.get("fixed_params") or trial.params
    return point


def _waiting(point: Mapping[str, Any], name: str, number: int) -> FrozenTrial:
    return create_trial(
        state=TrialState.WAITING,
        system_attrs={"fixed_params": dict(point)},
        user_attrs={"taken_from": f"{name}/{number}"},
    )


def _by_origin(study: StudyView) -> dict[int, Reports]:
    reports: defaultdict[int, dict[int, Mapping[str, float | None]]] = defaultdict(dict)
    for origin, epoch, metrics in study.reports():
        reports[origin][epoch] = metrics
    return {origin: sorted(epochs.items()) for origin, epochs in reports.items()}


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
