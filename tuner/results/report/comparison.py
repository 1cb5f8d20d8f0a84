"""Several studies side by side: their fronts over each other, what they spent, and in what they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from tuner.config.differences import differing
from tuner.errors import UsageError
from tuner.results.front import SIGNS
from tuner.results.report.contents import counts
from tuner.results.report.figures.figure import Figure, Trace, label, objective_axis
from tuner.results.report.figures.front import staircase
from tuner.results.report.figures.hypervolume import NOTE, hypervolumes
from tuner.results.report.figures.palette import STUDY_COLOURS, STUDY_SYMBOLS, faded
from tuner.results.report.hover import hover_texts
from tuner.results.report.reported_study import ReportedStudy
from tuner.results.report.reproduction import reproduction
from tuner.results.report.section import Section, drawn, table
from tuner.store.reading.record_reader import stored_value
from tuner.study.trial_record import TrialRecord

COLOURS = "A trial has the colour and the symbol of its study; those of a front are large."


def comparison(studies: Sequence[ReportedStudy]) -> list[Section]:
    """Return the sections.

    Raises:
        UsageError: the studies do not have the same objectives, so that no figure could hold them all.
    """
    for other in studies[1:]:
        if other.objectives != studies[0].objectives:
            raise UsageError(
                f"report: studies {studies[0].name!r} ({_listed(studies[0])}) and {other.name!r} "
                f"({_listed(other)}) have other objectives; side by side stand studies of the same ones"
            )
    colours = [STUDY_COLOURS[place % len(STUDY_COLOURS)] for place in range(len(studies))]
    volumes = hypervolumes(studies, colours)
    none = "No trial has completed yet."
    return [
        Section("studies", "Studies", markup=table([_row(study) for study in studies])),
        drawn("front", "Fronts", _fronts(studies), none, COLOURS),
        drawn("hypervolume", "Hypervolume", volumes, "It takes two objectives and a completed trial.", NOTE),
        _differences(studies),
        *(
            Section(f"reproduce-{place}", f"How to reproduce {study.name}", markup=reproduction(study))
            for place, study in enumerate(studies)
        ),
    ]


def compared_texts(studies: Sequence[ReportedStudy]) -> dict[str, str]:
    """Return what is shown of each trial, by the place of its study and its number."""
    return {
        _key(place, number): f"{label(study.name)}<br>{text}"
        for place, study in enumerate(studies)
        for number, text in hover_texts(study).items()
    }


def _key(place: int, number: int) -> str:
    return f"{place}:{number}"


def _listed(study: ReportedStudy) -> str:
    return ", ".join(f"{each.metric} {SIGNS[each.direction]}" for each in study.objectives)


def _row(study: ReportedStudy) -> dict[str, Any]:
    spent = study.spending[-1] if study.spending else None
    best = {
        f"{objective.metric} {SIGNS[objective.direction]}": (
            max if objective.direction == "maximize" else min
        )((record.values[index] for record in study.front), default=None)
        for index, objective in enumerate(study.objectives)
    }
    return {
        "study": study.name,
        **best,
        **counts(study),
        "device-hours": spent.device_hours if spent else 0.0,
    }


def _fronts(studies: Sequence[ReportedStudy]) -> list[Figure]:
    objectives = studies[0].objectives
    completed = [record for study in studies for record in study.completed]
    if not completed:
        return []
    figures = []
    pairs: list[tuple[int, int | None]] = [*combinations(range(len(objectives)), 2)] or [(0, None)]
    for y, x in pairs:
        traces = [trace for place, study in enumerate(studies) for trace in _traces(place, study, y, x)]
        layout: dict[str, Any] = {
            "yaxis": objective_axis(objectives[y], [each.values[y] for each in completed])
        }
        if x is None:
            layout["xaxis"] = {"title": {"text": "trial"}, "automargin": True}
            title = f"{objectives[y].metric} of each trial"
        else:
            layout["xaxis"] = objective_axis(objectives[x], [each.values[x] for each in completed])
            title = f"{objectives[y].metric} against {objectives[x].metric}"
        wide = len(objectives) <= 2
        figures.append(Figure(f"fronts-{y}-{x}", title, traces, layout, height=500, wide=wide))
    return figures


def _traces(place: int, study: ReportedStudy, y: int, x: int | None) -> list[Trace]:
    colour = STUDY_COLOURS[place % len(STUDY_COLOURS)]
    front = {record.number for record in study.front}
    others = [record for record in study.completed if record.number not in front]
    traces = [
        _points(place, study, others, y, x, large=False),
        _points(place, study, study.front, y, x, large=True),
    ]
    if len(study.objectives) == 2:
        traces.append(staircase(study.front, study.objectives[1].direction, colour))
    return traces


def _points(
    place: int, study: ReportedStudy, records: Sequence[TrialRecord], y: int, x: int | None, *, large: bool
) -> Trace:
    look: Mapping[str, Any] = {
        "color": faded(STUDY_COLOURS[place % len(STUDY_COLOURS)], 0.95 if large else 0.35),
        "symbol": STUDY_SYMBOLS[place % len(STUDY_SYMBOLS)],
        "size": 12 if large else 5,
        "opacity": 1,
    }
    return {
        **{"type": "scatter", "mode": "markers", "marker": look, "legendgroup": str(place)},
        **{"name": f"{label(study.name)}, front" if large else label(study.name)},
        **{"y": [each.values[y] for each in records]},
        **{"x": [each.number if x is None else each.values[x] for each in records]},
        **{"customdata": [_key(place, each.number) for each in records]},
    }


def _differences(studies: Sequence[ReportedStudy]) -> Section:
    configs = [stored_value(study.view.stored_config) for study in studies]
    readable = all(isinstance(config, dict) for config in configs)
    names = [study.name for study in studies]
    found = differing(configs) if readable else []
    rows = [{"key": path, **dict(zip(names, texts, strict=True))} for path, texts in found if path != "study"]
    note = "" if rows else "Their files are the same, but for the name."
    return Section(
        "differences",
        "What differs",
        note if readable else "A stored config cannot be read.",
        (),
        table(rows),
    )
