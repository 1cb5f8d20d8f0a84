"""Why trials did not complete, or are infeasible: how many for each reason."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from formats.messages import counted
from tuner.results.report.figures.figure import Figure, Trace, label
from tuner.results.report.figures.palette import Outcome
from tuner.results.report.reported_study import ReportedStudy
from tuner.study.trial_record import TrialRecord
from tuner.terminal_text import NOTHING, one_line

MOST = 20
LONGEST_REASON = 48
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?")

SHOWN = (Outcome.STOPPED, Outcome.FAILED, Outcome.INFEASIBLE)


def failures(study: ReportedStudy) -> list[Figure]:
    """Return one figure: a bar a reason, the most frequent on top."""
    counts: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
    for record in study.records:
        outcome = study.outcomes[record.number]
        if outcome in SHOWN:
            counts[label(reason_of(record, outcome), LONGEST_REASON)][outcome] += 1
    if not counts:
        return []
    ordered = sorted(counts, key=lambda reason: (-counts[reason].total(), reason))
    shown = ordered[:MOST]
    traces = [
        _bars(outcome, shown, counts) for outcome in SHOWN if any(counts[each][outcome] for each in shown)
    ]
    layout: dict[str, Any] = {
        "xaxis": {"title": {"text": "trials"}, "rangemode": "tozero", "automargin": True},
        "yaxis": {
            **{"type": "category", "autorange": "reversed", "automargin": True},
            **{"categoryorder": "array", "categoryarray": shown},
        },
        "barmode": "stack",
    }
    rest = sum(counts[each].total() for each in ordered[MOST:])
    note = "Numbers in reasons are written N, so that equal reasons stand together."
    note += f" Other reasons: {counted(rest, 'trial')}." if rest else ""
    height = 170 + 28 * len(shown)
    return [Figure("failures", "Trials by reason", traces, layout, note, height=height, wide=True)]


def reason_of(record: TrialRecord, outcome: Outcome) -> str:
    """Return why a trial did not complete, without its numbers; of an infeasible one the bounds it breaks."""
    if outcome is Outcome.INFEASIBLE:
        return "breaks " + ", ".join(sorted(key for key, value in record.constraints.items() if value > 0))
    reason = record.attributes.get("reason")
    return _NUMBER.sub("N", NOTHING if reason is None else one_line(str(reason)))


def _bars(outcome: Outcome, reasons: list[str], counts: dict[str, Counter[Outcome]]) -> Trace:
    return {
        **{"type": "bar", "orientation": "h", "name": outcome.word, "marker": {"color": outcome.colour}},
        **{"y": reasons, "x": [counts[reason][outcome] for reason in reasons]},
        **{"hovertemplate": "%{y}: %{x}<extra></extra>"},
    }
