"""What trials promised on the validation split, beside what was found on the test split with fresh seeds."""

from __future__ import annotations

from math import isfinite

from tuner.results.confirmed import found
from tuner.results.report.figures.figure import Figure, Trace, by_outcome, marker, objective_axis
from tuner.results.report.figures.palette import NEUTRAL
from tuner.results.report.reported_study import ReportedStudy


def confirmed(study: ReportedStudy) -> list[Figure]:
    """Return a figure for each objective that was measured on the test split."""
    by_trial = found(study.confirmations)
    records = {record.number: record for record in study.completed if record.number in by_trial}
    figures = []
    for index, objective in enumerate(study.objectives):
        intervals = {
            number: each.test[objective.metric]
            for number in records
            for each in by_trial[number][:1]
            if objective.metric in each.test
        }
        promised = {number: records[number].values[index] for number in intervals}
        if all(interval.mean == promised[number] for number, interval in intervals.items()):
            continue  # known before training, such as the number of labels
        ends = [*promised.values(), *(interval.mean for interval in intervals.values())]
        traces: list[Trace] = [_equal(min(ends), max(ends))]
        for outcome, numbers in by_outcome(intervals, study.outcomes):
            widths = [intervals[number].half_width for number in numbers]
            traces.append(
                {
                    **{"type": "scatter", "mode": "markers", "name": outcome.word, "customdata": numbers},
                    **{"x": [promised[number] for number in numbers]},
                    **{"y": [intervals[number].mean for number in numbers], "marker": marker(outcome)},
                    "error_y": {"type": "data", "array": [each if isfinite(each) else 0 for each in widths]},
                }
            )
        validation, test = (objective_axis(objective, ()) for _ in range(2))
        for axis, split in ((validation, "validation"), (test, "test")):
            axis["title"]["text"] += f", {split} split"
        title = f"{objective.metric}: found on the test split against promised on the validation split"
        figures.append(Figure(f"test-split-{index}", title, traces, {"xaxis": validation, "yaxis": test}))
    return figures


def _equal(low: float, high: float) -> Trace:
    return {
        **{"type": "scatter", "mode": "lines", "name": "as promised", "hoverinfo": "skip"},
        **{"x": [low, high], "y": [low, high], "line": {"color": NEUTRAL, "dash": "dash", "width": 1}},
    }
