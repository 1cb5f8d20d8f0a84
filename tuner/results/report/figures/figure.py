"""A figure as plotly.js takes it, and the traces and axes that several figures have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from tuner.config.sections import Objective
from tuner.results.front import SIGNS
from tuner.results.report.figures.palette import Outcome
from tuner.terminal_text import printable

Trace = dict[str, Any]

LONGEST = 80
"""The most characters of a stored text in a figure."""

_UNITS = {
    **{"seconds": "s", "ms_per_image": "ms", "mib": "MiB", "percent": "%", "hours": "h"},
    **{"samples": "images", "lsdim": "dimensions", "epoch": "epochs"},
}
"""The unit of what a name ends with; other metrics and parameters are shares or have none."""


@dataclass(frozen=True)
class Figure:
    """What plotly.js draws.

    A trace's `customdata` are the numbers of trials, where it has them: hovering shows what is known of each.

    Attributes:
        name: a word that no other figure of the report has.
        title: plain text.
        note: plain text beside it: what to see, or what was left out.
        height: in pixels.
        wide: whether it takes the whole width of a wide page.
    """

    name: str
    title: str
    traces: Sequence[Trace]
    layout: Mapping[str, Any]
    note: str = ""
    height: int = 380
    wide: bool = False


def label(value: Any, longest: int = LONGEST) -> str:
    """Return a stored value as a text that plotly shows as it is; it reads some marks of HTML."""
    text = printable(f"{value:.4g}" if isinstance(value, float) else str(value)).replace("\n", " ")
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def named(name: str) -> str:
    """Return the name of a metric or parameter with its unit, as an axis has it."""
    unit = next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), None)
    return f"{label(name)} ({unit})" if unit else label(name)


def objective_axis(objective: Objective, values: Iterable[Any]) -> dict[str, Any]:
    """Return the axis of an objective."""
    return axis(f"{named(objective.metric)} {SIGNS[objective.direction]}", values)


def axis(title: str, values: Iterable[Any], *, drawn_by_log: bool = False) -> dict[str, Any]:
    """Return an axis for these values: of words, or logarithmic if they span more than a decade.

    Shares, which are at most 1, stay linear, unless they were drawn by their logarithm.

    Args:
        title: what it shows, with its unit, as plotly shows it.
        values: all that are drawn.
        drawn_by_log: whether the study searches their logarithm.
    """
    found = [value for value in values if value is not None]
    if not all(map(is_number, found)):
        kind = "category"
    else:
        kind = "log" if is_logarithmic(found, drawn_by_log=drawn_by_log) else "linear"
    return {"title": {"text": title}, "type": kind, "automargin": True, "nticks": 8}


def is_number(value: Any) -> bool:
    """Tell whether a parameter's value is a number; a truth value is a word."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_logarithmic(values: Iterable[float], *, drawn_by_log: bool = False) -> bool:
    """Tell whether numbers are all above 0, span more than a decade, and are no shares."""
    finite = [value for value in values if isfinite(value)]
    if not finite or min(finite) <= 0 or max(finite) <= 10 * min(finite):
        return False
    return drawn_by_log or max(finite) > 1


def marker(outcome: Outcome) -> dict[str, Any]:
    """Return how a trial of this outcome is drawn as a point."""
    size = 12 if outcome is Outcome.FRONT else 7
    return {
        "color": outcome.faded(0.85),
        "symbol": outcome.symbol,
        "size": size,
        "opacity": 1,
        "line": {"width": 0},
    }


def by_outcome(
    numbers: Iterable[int], outcomes: Mapping[int, Outcome]
) -> Iterator[tuple[Outcome, list[int]]]:
    """Yield each outcome with the trials that have it, those of the front last, on top of the others."""
    listed = list(numbers)
    for outcome in Outcome:
        if of_it := [number for number in listed if outcomes[number] is outcome]:
            yield outcome, of_it


def points(outcome: Outcome, numbers: Sequence[int], x: Sequence[Any], y: Sequence[Any]) -> Trace:
    """Return a trace with a point a trial, all of one outcome."""
    return {
        **{"type": "scatter", "mode": "markers", "name": outcome.word, "legendgroup": outcome.word},
        **{"x": list(x), "y": list(y), "customdata": list(numbers), "marker": marker(outcome)},
    }
