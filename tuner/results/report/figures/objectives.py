"""Each objective over the trials and over the device-hours that were spent, with the best so far."""

from __future__ import annotations

from tuner.results.report.figures.figure import Figure, Trace, axis, by_outcome, objective_axis, points
from tuner.results.report.figures.palette import NEUTRAL
from tuner.results.report.reported_study import ReportedStudy, Spent

TRIALS, HOURS = "trials completed or stopped", "device-hours (h)"


def objectives(study: ReportedStudy) -> list[Figure]:
    """Return two figures an objective."""
    whole = {record.number for record in study.completed}
    ended = [spent for spent in study.spending if spent.record.number in whole]
    if not ended:
        return []
    return [
        _over(study, ended, index, over) for index in range(len(study.objectives)) for over in (TRIALS, HOURS)
    ]


def _over(study: ReportedStudy, ended: list[Spent], index: int, over: str) -> Figure:
    objective = study.objectives[index]
    x = {spent.record.number: spent_of(spent, over) for spent in ended}
    y = {spent.record.number: spent.record.values[index] for spent in ended}
    traces = [
        points(outcome, numbers, [x[each] for each in numbers], [y[each] for each in numbers])
        for outcome, numbers in by_outcome(x, study.outcomes)
    ]
    feasible = [spent for spent in ended if spent.record.is_feasible]
    traces.insert(0, _best_so_far(feasible, index, objective.direction, over))
    layout = {"xaxis": axis(over, ()), "yaxis": objective_axis(objective, y.values())}
    word = "trials" if over is TRIALS else "hours"
    title = f"{objective.metric} over {'trials' if over is TRIALS else 'device-hours'}"
    return Figure(f"objective-{index}-{word}", title, traces, layout)


def spent_of(spent: Spent, over: str) -> float:
    """Return how much was spent, of trials or of hours."""
    return spent.trials if over is TRIALS else spent.device_hours


def _best_so_far(feasible: list[Spent], index: int, direction: str, over: str) -> Trace:
    better = max if direction == "maximize" else min
    best: list[float] = []
    for spent in feasible:
        value = spent.record.values[index]
        best.append(better(best[-1], value) if best else value)
    return {
        **{"type": "scatter", "mode": "lines", "name": "best so far", "hoverinfo": "skip", "y": best},
        **{"x": [spent_of(spent, over) for spent in feasible], "line": {"shape": "hv", "color": NEUTRAL}},
    }
