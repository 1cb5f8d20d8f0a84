"""The page of one trial: the map of its embeddings, its gallery and its learning curves."""

from __future__ import annotations

import shlex
from pathlib import Path

from tuner.config.name import as_argument
from tuner.results.report.figures.figure import Figure, axis, named
from tuner.results.report.figures.palette import NEUTRAL
from tuner.results.report.page import Page, page_of
from tuner.results.report.pictures import GALLERY, MAP, PictureFiles, embedding_map, gallery
from tuner.results.report.reported_study import study_folder
from tuner.results.report.section import Section, drawn, paragraph
from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import WORD_OF, TrialRecord

MOST_BYTES = 30_000_000
"""Of its pictures; photographs in a gallery take a few MB."""


def trial_page(view: StudyView, number: int, runs_folder: Path) -> Page:
    """Return the page of a trial.

    Raises:
        UsageError: there is no such trial.
    """
    record = view.record(number)
    sections = [_pictures(view, record, runs_folder), _learning_curves(view, record)]
    summary = f"Trial {number} of study {view.name}: {WORD_OF[record.state]}"
    return page_of(f"Trial {number} of {view.name}", summary, sections, {})


def _learning_curves(view: StudyView, record: TrialRecord) -> Section:
    """Return a figure for each metric that changes, the objectives first."""
    curves = view.curves(view.attempts(record.trained_as))
    constant = [name for name in sorted(curves) if len(curves[name]) > len({y for _, y in curves[name]}) == 1]
    objectives = [objective.metric for objective in view.objectives if objective.metric in curves]
    names = [name for name in dict.fromkeys([*objectives, *sorted(curves)]) if name not in constant]
    figures = [_curve(place, name, curves[name]) for place, name in enumerate(names)]
    note = f"The same after every epoch: {', '.join(constant)}." if constant else ""
    missing = note or "It has reported nothing yet."
    return drawn("learning-curves", "Learning curves", figures, missing, note)


def _curve(place: int, metric: str, curve: list[tuple[int, float]]) -> Figure:
    epochs, values = [epoch for epoch, _ in curve], [value for _, value in curve]
    trace = {
        **{"type": "scatter", "mode": "lines+markers", "x": epochs, "y": values, "showlegend": False},
        **{"name": named(metric), "line": {"color": NEUTRAL}, "marker": {"size": 4}},
    }
    layout = {"xaxis": axis("epoch", ()), "yaxis": axis(named(metric), values)}
    return Figure(f"curve-{place}", metric, [trace], layout, height=260)


def _pictures(view: StudyView, record: TrialRecord, runs_folder: Path) -> Section:
    files = PictureFiles(study_folder(view, runs_folder), MOST_BYTES, MOST_BYTES)
    mapped = embedding_map(files.read(record, MAP), record.number)
    image = gallery(files.read(record, GALLERY), record.number)
    title = "Map of the embeddings, and gallery"
    markup = image if mapped and image else image + _missing(view, record, files)
    return Section("pictures", title, figures=[mapped] if mapped else [], markup=markup)


def _missing(view: StudyView, record: TrialRecord, files: PictureFiles) -> str:
    """Return a line on why pictures are not there, and what to run."""
    config = None if view.unreadable else view.config
    if config and config.trainable is not None:
        return paragraph("The study has its own trainer, whose trials this program cannot draw.")
    if record.state != "COMPLETE":
        return paragraph("Only a completed trial has a map and a gallery.")
    if config and config.keep.models == "front" and record.number not in view.summary().front():
        return paragraph("It is off the front; only `keep: {models: all}` keeps the models of such trials.")
    words = ["python", "-m", "tuner", "figures", *as_argument(view.name), str(record.number)]
    folder = files.folder_of(record)
    if folder and folder.is_dir():
        why = "What is missing was not drawn yet, unless its data are vectors and have no gallery; run"
    else:
        why = (
            f"{folder or 'Its folder'} is not on this machine; set TUNER_RUNS for the dashboard, or run there"
        )
    return paragraph(f"{why}: {shlex.join(words)}")
