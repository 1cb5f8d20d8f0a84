"""Reports as the dashboard serves them: `/report/STUDY`, and `/report/A?study=B` for two side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, quote

from tuner.errors import UsageError
from tuner.results.report.page import Page
from tuner.results.report.report import report_on
from tuner.results.wsgi import Application, Environ, StartResponse, plain_answer
from tuner.store.reading.dashboard_store import ReadingStore

PATH = "/report/"


def report_path(study: str) -> str:
    """Return the address of a study's report.

    Browsers take a path that ends in `..` for the folder above it, so such a name is asked for by a query.
    """
    name = quote(study, safe="", errors="replace")
    return f"{PATH}?study={name}" if study in (".", "..") else f"{PATH}{name}"


def with_reports(application: Application, store: ReadingStore, runs_folder: Path) -> Application:
    """Answer what is asked below `/report/` with a report, made anew each time, one at a time."""
    making = threading.Lock()

    def answering(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PATH) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return application(environ, start)
        try:
            with making, store.reading() as studies:
                page = report_on([studies.load(name) for name in _asked(environ)], runs_folder)
        except UsageError as error:
            return plain_answer(environ, start, HTTPStatus.NOT_FOUND, str(error))
        return page_answer(environ, start, page)

    return answering


def page_answer(environ: Environ, start: StartResponse, page: Page) -> Iterable[bytes]:
    """Answer with a page, which may do what its own policy says and nothing else."""
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(page.content))),
        ("Content-Security-Policy", f"{page.policy}; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]
    start("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.content]


def words_below(path: str, environ: Environ) -> str:
    """Return what was asked for below a path, as text: WSGI gives its bytes as Latin-1 (PEP 3333)."""
    asked: str = environ["PATH_INFO"]
    return asked.removeprefix(path).encode("latin-1").decode(errors="replace")


def _asked(environ: Environ) -> list[str]:
    """Return the names of the studies that are asked for, each once.

    Raises:
        UsageError: none is.
    """
    first = words_below(PATH, environ)
    others = parse_qs(environ.get("QUERY_STRING", "")).get("study", [])
    names = list(dict.fromkeys([*([first] if first else []), *others]))
    if not names:
        raise UsageError("report: name a study: /report/STUDY")
    return names
