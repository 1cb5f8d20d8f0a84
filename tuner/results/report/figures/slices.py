"""Slices: each objective against one parameter at a time; and margins against regularisation ratios."""

from __future__ import annotations

from itertools import product

from tuner.results.report.figures.figure import (
    Figure,
    axis,
    by_outcome,
    is_number,
    label,
    marker,
    named,
    objective_axis,
    points,
)
from tuner.results.report.reported_study import ReportedStudy
from tuner.study.trial_record import TrialRecord

FIRST = ("margin", "ratio", "alpha", "lsdim", "label_percent")
"""What the last word of a parameter ends with that is always shown."""

MOST = 8
SMALLEST, LARGEST = 5, 15


def slices(study: ReportedStudy) -> list[Figure]:
    """Return a figure for each of the parameters that matter and each objective."""
    return [
        _slice(study, name, index, f"slice-{place}-{index}")
        for place, name in enumerate(sliced(study))
        for index in range(len(study.objectives))
        if any(name in record.params for record in study.completed)
    ]


def sliced(study: ReportedStudy) -> list[str]:
    """Return the parameters that are shown: those of the field's own names first, then the most important."""
    own = [name for word in FIRST for name in study.params if name.endswith(word)]
    return list(dict.fromkeys([*own, *study.params]))[: max(MOST, len(set(own)))]


def _slice(study: ReportedStudy, name: str, index: int, figure: str) -> Figure:
    records = {record.number: record for record in study.completed if name in record.params}
    objective = study.objectives[index]
    x = {number: shown(record, name) for number, record in records.items()}
    y = {number: record.values[index] for number, record in records.items()}
    traces = [
        points(outcome, numbers, [x[each] for each in numbers], [y[each] for each in numbers])
        for outcome, numbers in by_outcome(records, study.outcomes)
    ]
    layout = {
        "xaxis": axis(named(name), x.values(), drawn_by_log=name in study.logarithms),
        "yaxis": objective_axis(objective, y.values()),
    }
    return Figure(figure, f"{objective.metric} against {name}", traces, layout)


def shown(record: TrialRecord, name: str) -> object:
    """Return a parameter's value as an axis takes it: a number, or a word."""
    value = record.params[name]
    return value if is_number(value) else label(value)


def margin_against_ratio(study: ReportedStudy) -> list[Figure]:
    """Return a figure for each pair of a margin and a ratio that trials have both."""
    ratios = [name for name in study.params if name.endswith("ratio")]
    margins = [name for name in study.params if name.endswith("margin")]
    pairs = enumerate(product(margins, ratios))
    figures = [_pair(study, margin, ratio, f"margin-ratio-{place}") for place, (margin, ratio) in pairs]
    return [figure for figure in figures if figure.traces]


def _pair(study: ReportedStudy, margin: str, ratio: str, figure: str) -> Figure:
    records = [record for record in study.completed if margin in record.params and ratio in record.params]
    by_number = {record.number: record for record in records}
    sizes = _sizes(study, records)
    traces = []
    for outcome, numbers in by_outcome(by_number, study.outcomes):
        x, y = ([shown(by_number[each], name) for each in numbers] for name in (margin, ratio))
        sized = {**marker(outcome), "size": [sizes[each] for each in numbers], "color": outcome.faded(0.7)}
        traces.append(points(outcome, numbers, x, y) | {"marker": sized})
    layout = {
        name_of: axis(
            named(name), [shown(each, name) for each in records], drawn_by_log=name in study.logarithms
        )
        for name_of, name in (("xaxis", margin), ("yaxis", ratio))
    }
    note = f"The larger a mark, the better the trial in {study.objectives[0].metric}."
    return Figure(figure, f"{ratio} against {margin}", traces, layout, note, height=460, wide=True)


def _sizes(study: ReportedStudy, records: list[TrialRecord]) -> dict[int, float]:
    """Return a size for each trial, by its place in the first objective."""
    sign = 1 if study.objectives[0].direction == "maximize" else -1
    ordered = sorted(records, key=lambda record: sign * record.values[0])
    step = (LARGEST - SMALLEST) / max(1, len(ordered) - 1)
    return {record.number: SMALLEST + step * place for place, record in enumerate(ordered)}
