"""The queue as the dashboard serves it: `/queue`, and below it what its forms ask."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qs

from tuner.errors import Conflict, UsageError
from tuner.results.dashboard.access import READING
from tuner.results.queue.seen import ENDED_SHOWN
from tuner.results.queue.standing import read_queue_of
from tuner.results.queue_page.content import Shown, page, policy
from tuner.results.queue_page.forms import ACTIONS, Forms, change
from tuner.results.queue_page.session import Sessions
from tuner.results.wsgi import Application, Environ, StartResponse, plain_answer
from tuner.settings import Settings
from tuner.store.queue.trials_now import read_failures, read_running
from tuner.store.reading.dashboard_store import ReadingStore

PATH = "/queue"
FAILURES = 10
MOST_BYTES = 10_000
"""How long what a form sends may be; names of studies are shorter."""


def with_queue(
    application: Application, store: ReadingStore, settings: Settings, *, writable: bool
) -> Application:
    """Answer what is asked at and below `/queue`; only a `writable` page has forms, and takes them."""
    queue = _QueuePage(store, settings, writable=writable)

    def answering(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO", "").rstrip("/")
        if asked == PATH and environ["REQUEST_METHOD"] in READING:
            return queue.show(environ, start)
        if asked.startswith(f"{PATH}/") or asked == PATH:
            return queue.take(environ, start, asked.removeprefix(f"{PATH}/"))
        return application(environ, start)

    return answering


class _QueuePage:
    def __init__(self, store: ReadingStore, settings: Settings, *, writable: bool) -> None:
        self._store = store
        self._settings = settings
        self._writable = writable
        self._sessions = Sessions(PATH)
        self._reading = threading.Lock()  # many visitors are no reason to read many times at once

    def show(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Answer with the page; a visitor without a session gets one, if there are forms."""
        forms, cookie = None, []
        if self._writable:
            session = self._sessions.session_of(environ)
            if session is None:
                session, header = self._sessions.begin()
                cookie.append(header)
            forms = Forms(PATH, self._sessions.token(session))
        paused = "paused" in parse_qs(environ.get("QUERY_STRING", ""))
        content = page(self._shown(), self._settings, forms, paused=paused)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(content))),
            ("Content-Security-Policy", policy()),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),  # with no-referrer a form would come from nowhere
            ("Cache-Control", "no-store"),
            *cookie,
        ]
        start("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def take(self, environ: Environ, start: StartResponse, action: str) -> Iterable[bytes]:
        """Do what a form asks, if it is one of this session's, and lead back to the page."""

        def refuse(status: HTTPStatus, why: str) -> Iterable[bytes]:
            return plain_answer(environ, start, status, why)

        if environ["REQUEST_METHOD"] != "POST" or action not in ACTIONS:
            return refuse(HTTPStatus.NOT_FOUND, "there is nothing here; the queue is at /queue")
        if not self._writable:
            return refuse(HTTPStatus.METHOD_NOT_ALLOWED, "this dashboard is read-only")
        sent = _sent(environ)
        if not self._sessions.is_own(environ, sent.get("token", "")):
            return refuse(HTTPStatus.FORBIDDEN, "this form is not of your session; open /queue again")
        try:
            with self._store.reading() as studies:
                change(studies.load(sent.get("study", "")), action, sent.get("priority", ""))
        except UsageError as error:
            return refuse(HTTPStatus.BAD_REQUEST, str(error))
        except Conflict as error:
            return refuse(HTTPStatus.CONFLICT, str(error))
        return plain_answer(environ, start, HTTPStatus.SEE_OTHER, f"done; see {PATH}", ("Location", PATH))

    def _shown(self) -> Shown:
        with self._reading, self._store.reading() as studies:
            with studies.engine.connect() as connection:
                failures = read_failures(connection, FAILURES)
            return Shown(read_queue_of(studies, ENDED_SHOWN), read_running(studies), failures)


def _sent(environ: Environ) -> Mapping[str, str]:
    """Return the fields of a form; none if it is none, or too long."""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    length = environ.get("CONTENT_LENGTH") or "0"
    if kind != "application/x-www-form-urlencoded" or not length.isdigit() or int(length) > MOST_BYTES:
        return {}
    body = environ["wsgi.input"].read(int(length)).decode(errors="replace")
    return {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
