"""What is shown of a trial where the pointer rests: once for all figures."""

from __future__ import annotations

from typing import Any

from tuner.results.report.figures.figure import label
from tuner.results.report.figures.palette import Outcome
from tuner.results.report.reported_study import ReportedStudy
from tuner.results.rows import intervals_of
from tuner.study.trial_record import TrialRecord


def hover_texts(study: ReportedStudy) -> dict[int, str]:
    """Return a text for each trial, by its number: its outcome, values, parameters, and why it ended so."""
    return {
        record.number: "<br>".join(_lines(study, record, study.outcomes[record.number]))
        for record in study.records
    }


def _lines(study: ReportedStudy, record: TrialRecord, outcome: Outcome) -> list[str]:
    values: dict[str, Any] = dict(zip(study.metrics, record.values, strict=False))
    values |= intervals_of(record, study.metrics) if record.values else {}
    lines = [f"<b>trial {record.number}</b>, {outcome.word}"]
    lines += [f"{label(name)}: {label(value)}" for name, value in values.items()]
    lines += [f"{label(name)}: {label(value)}" for name, value in record.params.items()]
    lines += [
        f"beyond {label(name)}: {label(value)}" for name, value in record.constraints.items() if value > 0
    ]
    if "reason" in record.attributes and not record.values:
        lines.append(label(record.attributes["reason"]))
    return lines
