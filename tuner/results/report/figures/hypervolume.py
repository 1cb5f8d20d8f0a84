"""The hypervolume of the front over the trials and over the device-hours that were spent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuner.results.report.figures.figure import Figure, Trace, axis, is_logarithmic, label
from tuner.results.report.figures.objectives import HOURS, TRIALS, spent_of
from tuner.results.report.figures.palette import NEUTRAL
from tuner.results.report.reported_study import ReportedStudy, Spent
from tuner.study.pareto import Array, as_losses, non_dominated
from tuner.study.pareto import hypervolume as volume_of

NOTE = (
    "The share that the front so far dominates of the box between the best and the worst value of each "
    "objective among all feasible trials; objectives with a logarithmic axis count by their logarithm."
)


def hypervolume(study: ReportedStudy) -> list[Figure]:
    """Return two figures; none for a single objective, whose best value says the same."""
    return hypervolumes([study], [NEUTRAL])


def hypervolumes(studies: Sequence[ReportedStudy], colours: Sequence[str]) -> list[Figure]:
    """Return two figures with a line a study, in these colours, all measured in the same box."""
    ended = [_feasible(study) for study in studies]
    if len(studies[0].objectives) < 2 or not any(ended):
        return []
    losses = _losses(studies, ended)
    box = np.concatenate(losses)
    low, high = box.min(axis=0), box.max(axis=0)
    scaled = [(each - low) / np.where(high > low, high - low, 1.0) for each in losses]
    volumes = [_volumes(each) for each in scaled]
    figures = []
    for over, word in ((TRIALS, "trials"), (HOURS, "device-hours")):
        traces: list[Trace] = [
            {
                **{"type": "scatter", "mode": "lines", "line": {"shape": "hv", "color": colour, "width": 2}},
                **{"name": label(study.name) if len(studies) > 1 else "hypervolume"},
                **{"x": [spent_of(each, over) for each in spent], "y": reached},
            }
            for study, colour, spent, reached in zip(studies, colours, ended, volumes, strict=True)
        ]
        share = {
            "title": {"text": "hypervolume (share of the box)"},
            "automargin": True,
            "rangemode": "tozero",
        }
        layout = {"xaxis": axis(over, ()), "yaxis": share}
        figures.append(Figure(f"hypervolume-{word}", f"Hypervolume over {word}", traces, layout))
    return figures


def _feasible(study: ReportedStudy) -> list[Spent]:
    whole = {
        record.number for record in study.completed if record.is_feasible and np.isfinite(record.values).all()
    }
    return [spent for spent in study.spending if spent.record.number in whole]


def _losses(studies: Sequence[ReportedStudy], ended: Sequence[Sequence[Spent]]) -> list[Array]:
    """Return the losses of each study, logarithms of objectives with such an axis."""
    count = len(studies[0].objectives)
    values = [np.array([spent.record.values for spent in each]).reshape(-1, count) for each in ended]
    for index in range(count):
        if is_logarithmic(np.concatenate(values)[:, index].tolist()):
            for each in values:
                each[:, index] = np.log10(each[:, index])
    directions = [objective.direction for objective in studies[0].objectives]
    return [as_losses(each, directions) for each in values]


def _volumes(losses: Array) -> list[float]:
    """Return the hypervolume below 1 in each objective after each row; only what joins the front adds."""
    front, volumes = np.empty((0, losses.shape[1])), [0.0]
    for row in losses:
        if (front <= row).all(axis=1).any():
            volumes.append(volumes[-1])
            continue
        front = np.vstack([front, row])
        front = front[non_dominated(front)]
        volumes.append(volume_of(front, np.ones(losses.shape[1])))
    return volumes[1:]
