"""The front: every pair of objectives against each other, with intervals where trials were replicated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import isfinite
from typing import Any

from tuner.results.report.figures.figure import Figure, Trace, by_outcome, objective_axis, points
from tuner.results.report.figures.palette import Outcome
from tuner.results.report.reported_study import ReportedStudy
from tuner.results.rows import intervals_of
from tuner.study.trial_record import TrialRecord


def front(study: ReportedStudy) -> list[Figure]:
    """Return a figure for each pair of objectives; of a single one, against the trials' numbers."""
    if not study.completed:
        return []
    indices = range(len(study.objectives))
    if len(indices) == 1:
        return [_against_trials(study)]
    return [_pair(study, y, x) for y, x in combinations(indices, 2)]


def _pair(study: ReportedStudy, y: int, x: int) -> Figure:
    records = {record.number: record for record in study.completed}
    traces = list(_points(study, lambda record: record.values[x], y, x))
    if len(study.objectives) == 2:
        traces.insert(0, staircase(study.front, study.objectives[1].direction))
    above, across = study.objectives[y], study.objectives[x]
    name = "front" if (y, x) == (0, 1) else f"front-{y}-{x}"
    layout = {
        "xaxis": objective_axis(across, [record.values[x] for record in records.values()]),
        "yaxis": objective_axis(above, [record.values[y] for record in records.values()]),
    }
    title = f"{above.metric} against {across.metric}"
    return Figure(name, title, traces, layout, height=460, wide=len(study.objectives) == 2)


def _against_trials(study: ReportedStudy) -> Figure:
    (objective,) = study.objectives
    layout = {
        "xaxis": {"title": {"text": "trial"}, "automargin": True},
        "yaxis": objective_axis(objective, [record.values[0] for record in study.completed]),
    }
    traces = list(_points(study, lambda record: record.number, 0, None))
    return Figure("front", f"{objective.metric} of each trial", traces, layout, height=460, wide=True)


def _points(study: ReportedStudy, across: Any, y: int, x: int | None) -> Iterator[Trace]:
    records = {record.number: record for record in study.completed}
    for outcome, numbers in by_outcome(records, study.outcomes):
        of_it = [records[number] for number in numbers]
        trace = points(outcome, numbers, [across(each) for each in of_it], [each.values[y] for each in of_it])
        for name, index in (("error_y", y), ("error_x", x)):
            if index is not None and any(widths := [_half_width(study, each, index) for each in of_it]):
                trace[name] = {"type": "data", "array": widths, "thickness": 1.2, "color": outcome.colour}
        yield trace


def _half_width(study: ReportedStudy, record: TrialRecord, index: int) -> float:
    metric = study.objectives[index].metric
    interval = intervals_of(record, [metric]).get(metric)
    return interval.half_width if interval and isfinite(interval.half_width) else 0.0


def staircase(front: list[TrialRecord], across: str, colour: str = Outcome.FRONT.colour) -> Trace:
    """Return the line below which everything is dominated, of a front of two objectives.

    Args:
        front: its trials.
        across: the direction of the second objective, which is drawn from left to right.
        colour: the line's.
    """
    corners = sorted((record.values[1], record.values[0]) for record in front)
    shape = "hv" if across == "minimize" else "vh"
    return {
        **{"type": "scatter", "mode": "lines", "name": "dominated beyond", "hoverinfo": "skip"},
        **{"x": [x for x, _ in corners], "y": [y for _, y in corners]},
        **{"line": {"shape": shape, "color": colour, "width": 1, "dash": "dot"}, "showlegend": False},
    }
