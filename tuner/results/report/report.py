"""The report on one study, or on several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tuner.results.report.comparison import compared_texts, comparison
from tuner.results.report.contents import counts, sections_of
from tuner.results.report.hover import hover_texts
from tuner.results.report.page import Page, page_of
from tuner.results.report.reported_study import ReportedStudy
from tuner.store.reading.study_view import StudyView


def report_on(views: Sequence[StudyView], runs_folder: Path) -> Page:
    """Return the report on one study, or of several what they reached and in what they differ.

    Args:
        views: the studies.
        runs_folder: where the folders of studies are, with the pictures of trials.

    Raises:
        UsageError: several studies do not have the same objectives.
    """
    studies = [ReportedStudy.read(view, runs_folder) for view in views]
    if len(studies) > 1:
        names = ", ".join(each.name for each in studies)
        return page_of("Studies side by side", names, comparison(studies), compared_texts(studies))
    (study,) = studies
    ended = ", ".join(f"{word} {count}" for word, count in counts(study).items())
    return page_of(f"Study {study.name}", f"Trials: {ended}.", sections_of(study), hover_texts(study))
