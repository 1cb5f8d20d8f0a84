"""A report as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tuner.config.name import slug_of
from tuner.results.file import write_file
from tuner.results.report.report import report_on
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore


def write_report(settings: Settings, studies: Sequence[str], to: Path | None) -> Path:
    """Write the report on these studies, and return its file.

    Args:
        settings: where the store is, and the folders of trials.
        studies: their names.
        to: the file; `report-STUDY.html` in the current folder if it is None.

    Raises:
        UsageError: there is no such study, several have other objectives, or the file cannot be written.
    """
    file = to or Path(f"report-{'-'.join(map(slug_of, studies))}.html")
    with StudyStore.reading(settings.storage) as store:
        page = report_on([store.load(name) for name in studies], settings.runs_folder)
    write_file("report", file, page.content)
    return file
