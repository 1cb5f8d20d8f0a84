"""The figures of a trial as the dashboard serves them: `/figures/STUDY/TRIAL`, a page a trial."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, quote

from tuner.errors import UsageError
from tuner.results.dashboard.access import READING
from tuner.results.report.served import page_answer, words_below
from tuner.results.report.trial_page import trial_page
from tuner.results.wsgi import Application, Environ, StartResponse, plain_answer
from tuner.store.reading.dashboard_store import ReadingStore

PATH = "/figures/"


def figures_path(study: str, number: int) -> str:
    """Return the address of a trial's figures.

    Browsers take `..` in a path for the folder above it, so a study of such a name is asked for by a query.
    """
    name = quote(study, safe="", errors="replace")
    return f"{PATH}{number}?study={name}" if study in (".", "..") else f"{PATH}{name}/{number}"


def with_figures(application: Application, store: ReadingStore, runs_folder: Path) -> Application:
    """Answer what is asked below `/figures/` with a page on the trial, made anew each time, one at a time."""
    making = threading.Lock()

    def answering(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PATH) or environ["REQUEST_METHOD"] not in READING:
            return application(environ, start)
        try:
            study, number = _asked(environ)
            with making, store.reading() as studies:
                page = trial_page(studies.load(study), number, runs_folder)
        except UsageError as error:
            return plain_answer(environ, start, HTTPStatus.NOT_FOUND, str(error))
        return page_answer(environ, start, page)

    return answering


def _asked(environ: Environ) -> tuple[str, int]:
    """Return the study and the number of the trial that is asked for.

    Raises:
        UsageError: none is.
    """
    study, _, number = words_below(PATH, environ).rpartition("/")
    study = study or parse_qs(environ.get("QUERY_STRING", "")).get("study", [""])[0]
    if not study or not re.fullmatch("[0-9]{1,9}", number):
        raise UsageError("figures: name a study and the number of a trial: /figures/STUDY/TRIAL")
    return study, int(number)
