"""Parallel coordinates: a line a trial through its objectives and parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, log10
from typing import Any

from tuner.results.front import SIGNS
from tuner.results.report.figures.figure import Figure, Trace, by_outcome, is_logarithmic, is_number, label
from tuner.results.report.figures.palette import Outcome
from tuner.results.report.reported_study import ReportedStudy
from tuner.study.trial_record import TrialRecord

MOST_PARAMS = 10
MOST_WORDS = 8


def parallel_coordinates(study: ReportedStudy) -> list[Figure]:
    """Return one figure, drawn as lines: it prints, and needs neither WebGL nor code made at run time."""
    records = {record.number: record for record in study.completed}
    names = study.params[:MOST_PARAMS]
    if not records or not names:
        return []
    columns = [
        (f"{label(each.metric)} {SIGNS[each.direction]}", _value_of(index))
        for index, each in enumerate(study.objectives)
    ]
    columns += [(label(name), _param_of(name)) for name in names]
    by_log = [False] * len(study.objectives) + [name in study.logarithms for name in names]
    scales = [
        _Scale([value(record) for record in records.values()], drawn_by_log)
        for (_, value), drawn_by_log in zip(columns, by_log, strict=True)
    ]
    traces = []
    for outcome, numbers in by_outcome(records, study.outcomes):
        y = [
            height
            for number in numbers
            for height in [
                *(
                    scale.height(value(records[number]))
                    for (_, value), scale in zip(columns, scales, strict=True)
                ),
                None,
            ]
        ]
        traces.append(_lines(outcome, numbers, y, len(columns)))
    return [
        Figure(
            "parallel-coordinates",
            "Objectives and parameters of each completed trial",
            traces,
            _layout([title for title, _ in columns], scales),
            _note(study),
            height=520,
            wide=True,
        )
    ]


class _Scale:
    """Where a column's values lie between 0 and 1; words in the order of their names."""

    def __init__(self, values: Sequence[Any], drawn_by_log: bool) -> None:
        found = [value for value in values if value is not None]
        self._words: list[str] = []
        if not all(map(is_number, found)):
            self._words = sorted({str(value) for value in found})
            return
        finite = [value for value in found if isfinite(value)] or [0.0]
        by_log = is_logarithmic(finite, drawn_by_log=drawn_by_log)
        self._convert: Callable[[float], float] = log10 if by_log else float
        self.ends = (min(finite), max(finite))

    def height(self, value: Any) -> float | None:
        """Return where a value lies; None if there is none."""
        if value is None:
            return None
        if self._words:
            return self._words.index(str(value)) / max(1, len(self._words) - 1)
        if not isfinite(value):
            return None
        low, high = map(self._convert, self.ends)
        return (self._convert(value) - low) / (high - low) if high > low else 0.5

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Heights with what is written there."""
        if not self._words:
            low, high = self.ends
            return [(0.0, label(low)), (1.0, label(high))] if high > low else [(0.5, label(low))]
        shown = self._words if len(self._words) <= MOST_WORDS else [self._words[0], self._words[-1]]
        return [(self.height(word) or 0.0, label(word, 16)) for word in shown]


def _value_of(index: int) -> Callable[[TrialRecord], Any]:
    return lambda record: record.values[index]


def _param_of(name: str) -> Callable[[TrialRecord], Any]:
    return lambda record: record.params.get(name)


def _lines(outcome: Outcome, numbers: Sequence[int], y: list[float | None], columns: int) -> Trace:
    wide = outcome is Outcome.FRONT
    return {
        **{"type": "scatter", "mode": "lines+markers", "name": outcome.word, "connectgaps": False},
        **{"x": [*range(columns), None] * len(numbers), "y": y},
        **{"customdata": [number for number in numbers for _ in range(columns + 1)]},
        **{"line": {"color": outcome.faded(0.95 if wide else 0.3), "width": 2 if wide else 1}},
        **{"marker": {"color": outcome.faded(0.6), "symbol": outcome.symbol, "size": 7 if wide else 4}},
    }


def _layout(titles: Sequence[str], scales: Sequence[_Scale]) -> dict[str, Any]:
    marks = [
        {
            **{"x": column, "y": height, "text": text, "showarrow": False, "xanchor": "left", "xshift": 4},
            **{"font": {"size": 10}, "captureevents": False},
        }
        for column, scale in enumerate(scales)
        for height, text in scale.marks
    ]
    ticks = {"tickmode": "array", "tickvals": list(range(len(titles))), "ticktext": list(titles)}
    return {
        "xaxis": {**ticks, "automargin": True, "range": [-0.1, len(titles) - 0.4], "zeroline": False},
        "yaxis": {"visible": False, "range": [-0.06, 1.06]},
        "annotations": marks,
        "hovermode": "closest",
    }


def _note(study: ReportedStudy) -> str:
    left_out = len(study.params) - MOST_PARAMS
    return f"The {MOST_PARAMS} most important parameters; {left_out} more vary." if left_out > 0 else ""
