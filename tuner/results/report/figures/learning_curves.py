"""Learning curves of all trials, by how the trials ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tuner.results.report.figures.figure import (
    Figure,
    Trace,
    by_outcome,
    objective_axis,
)
from tuner.results.report.figures.palette import Outcome
from tuner.results.report.reported_study import ReportedStudy

MOST_POINTS = 20_000
"""Of a figure; beyond them every curve is drawn with fewer epochs."""

Curve = list[tuple[int, float | None]]


def learning_curves(study: ReportedStudy) -> list[Figure]:
    """Return a figure for each objective that changes from epoch to epoch."""
    figures = []
    for index, objective in enumerate(study.objectives):
        curves = _curves(study, objective.metric)
        if not any(len({value for _, value in curve}) > 1 for curve in curves.values()):
            continue
        most = max(2, MOST_POINTS // len(curves))
        thinned = {number: _thinned(curve, most) for number, curve in curves.items()}
        kept = sum(map(len, thinned.values())) == sum(map(len, curves.values()))
        traces = [
            _lines(outcome, numbers, thinned) for outcome, numbers in by_outcome(curves, study.outcomes)
        ]
        drawn = [value for curve in thinned.values() for _, value in curve if value is not None]
        layout = {
            "xaxis": {"title": {"text": "epoch"}, "automargin": True},
            "yaxis": objective_axis(objective, drawn),
        }
        note = "" if kept else f"At most {most} epochs of each trial are drawn."
        title = f"{objective.metric} by epoch"
        figures.append(Figure(f"learning-curves-{index}", title, traces, layout, note, height=460, wide=True))
    return figures


def _curves(study: ReportedStudy, metric: str) -> dict[int, Curve]:
    """Return the curve of each training by the number of its last attempt; all attempts make one curve."""
    of_first: defaultdict[int, dict[int, float | None]] = defaultdict(dict)
    for first, epoch, metrics in study.reports:
        of_first[first][epoch] = metrics.get(metric)
    last = study.last_attempts
    return {
        last[first].number: sorted(curve.items())
        for first, curve in sorted(of_first.items())
        if first in last and any(value is not None for value in curve.values())
    }


def _thinned(curve: Curve, most: int) -> Curve:
    """Return at most so many points of a curve, its first and last among them."""
    if len(curve) <= most:
        return curve
    step = (len(curve) - 1) / (most - 1)
    return [curve[round(place * step)] for place in range(most)]


def _lines(outcome: Outcome, numbers: Sequence[int], curves: Mapping[int, Curve]) -> Trace:
    wide = outcome is Outcome.FRONT
    # A point without a value parts the curve of one trial from that of the next.
    listed = [(number, *point) for number in numbers for point in [*curves[number], (None, None)]]
    short = all(len(curves[number]) == 1 for number in numbers)
    return {
        **{"type": "scatter", "mode": "markers" if short else "lines", "name": outcome.word},
        **{"x": [epoch for _, epoch, _ in listed], "y": [value for _, _, value in listed]},
        **{"customdata": [number for number, _, _ in listed], "connectgaps": False},
        **{"marker": {"color": outcome.colour, "symbol": outcome.symbol}},
        **{"line": {"color": outcome.faded(1 if wide else 0.45), "width": 2.5 if wide else 1}},
    }
