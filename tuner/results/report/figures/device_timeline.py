"""What each device trained when, and when it stood idle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tuner.results.report.figures.figure import Figure, Trace, by_outcome, label
from tuner.results.report.figures.palette import NEUTRAL, Outcome, faded
from tuner.results.report.reported_study import Attempt, ReportedStudy

MOST_DEVICES = 32
IDLE = "idle"


@dataclass(frozen=True)
class Gap:
    """A time in which a device had no trial, between two that it trained.

    Attributes:
        started: in hours since the study's first trial began.
    """

    device: str
    started: float
    hours: float


def by_device(study: ReportedStudy) -> dict[str, list[Attempt]]:
    """Return the attempts of each device in the order in which they began; the first device first."""
    devices: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in study.attempts:
        devices[attempt.device].append(attempt)
    return dict(devices)


def gaps(attempts: Sequence[Attempt], begun: datetime) -> Iterator[Gap]:
    """Yield the idle times of one device; `begun` is when the study began."""
    busy_until = attempts[0].ended
    for attempt in attempts[1:]:
        if attempt.started > busy_until:
            hours = (attempt.started - busy_until).total_seconds() / 3600
            yield Gap(attempt.device, (busy_until - begun).total_seconds() / 3600, hours)
        busy_until = max(busy_until, attempt.ended)


def device_timeline(study: ReportedStudy) -> list[Figure]:
    """Return one figure: a bar an attempt, a row a device."""
    devices = by_device(study)
    if not devices:
        return []
    begun = study.attempts[0].started
    shown = dict(list(devices.items())[:MOST_DEVICES])
    attempts = {each.record.number: each for listed in shown.values() for each in listed}
    traces = [_idle([gap for listed in shown.values() for gap in gaps(listed, begun)])]
    traces += [
        _bars(outcome, [attempts[number] for number in numbers], begun)
        for outcome, numbers in by_outcome(attempts, study.outcomes)
    ]
    layout = {
        "xaxis": {"title": {"text": "since the first trial began (h)"}, "automargin": True},
        "yaxis": {
            **{"title": {"text": "device"}, "type": "category", "autorange": "reversed", "automargin": True},
            **{"categoryorder": "array", "categoryarray": [label(device) for device in shown]},
        },
        "barmode": "overlay",
        "bargap": 0.25,
    }
    left_out = len(devices) - len(shown)
    note = f"The first {MOST_DEVICES} devices; {left_out} more trained." if left_out else ""
    title = "Devices over time"
    return [Figure("device-timeline", title, traces, layout, note, height=170 + 30 * len(shown), wide=True)]


def _idle(idle: Sequence[Gap]) -> Trace:
    outlined = {"color": faded(NEUTRAL, 0.15), "line": {"color": NEUTRAL, "width": 0.5}}
    return {
        **{"type": "bar", "orientation": "h", "name": IDLE, "width": 0.3},
        **{"y": [label(gap.device) for gap in idle]},
        **{"base": [gap.started for gap in idle], "x": [gap.hours for gap in idle]},
        **{
            "marker": outlined,
            "hovertemplate": "idle %{x:.4g} h<extra></extra>",
        },
    }


def _bars(outcome: Outcome, attempts: Sequence[Attempt], begun: datetime) -> Trace:
    return {
        **{"type": "bar", "orientation": "h", "name": outcome.word, "width": 0.7},
        **{"y": [label(attempt.device) for attempt in attempts]},
        **{"base": [(attempt.started - begun).total_seconds() / 3600 for attempt in attempts]},
        **{"x": [attempt.hours for attempt in attempts]},
        **{"customdata": [attempt.record.number for attempt in attempts]},
        **{"marker": {"color": outcome.colour, "line": {"width": 0.5, "color": "rgba(128,128,128,0.6)"}}},
    }
