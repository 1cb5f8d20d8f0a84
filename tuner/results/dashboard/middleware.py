"""What stands between a browser and the dashboard: access, health checks, a store that is away, headers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from tuner.errors import Unreachable
from tuner.results.dashboard.access import (
    READING,
    Access,
    answering_to,
    asking_for_password,
    of_its_own_pages,
    read_only,
)
from tuner.results.wsgi import Application, Environ, StartResponse, plain_answer

Check = Callable[[], None]

LIVENESS = "/healthz"
_STUDIES = "/api/studies/"
_COUNT = re.compile("[0-9]{1,18}")


def guarded(application: Application, check: Check, access: Access) -> Application:
    """Put the application behind all that `access` asks for.

    Args:
        application: the dashboard.
        check: raises Unreachable, with the reason, while the store cannot be read.
        access: who may do what.
    """
    application = counting_from_a_number(with_headers(application))
    application = answering_outages(application, check)
    application = of_its_own_pages(application) if access.writable else read_only(application)
    if access.password is not None:
        application = asking_for_password(application, access.password)
    return with_liveness(answering_to(application, access.hosts), check)


def with_liveness(application: Application, check: Check) -> Application:
    """Add an address for health checks, which needs no password and shows no data."""

    def alive(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != LIVENESS or environ["REQUEST_METHOD"] not in READING:
            return application(environ, start)
        try:
            check()
        except Unreachable:
            why = "the study store cannot be read"
            return plain_answer(environ, start, HTTPStatus.SERVICE_UNAVAILABLE, why)
        return plain_answer(environ, start, HTTPStatus.OK, "ok")

    return alive


def answering_outages(application: Application, check: Check) -> Application:
    """Answer 503 with the reason while the store is away, also if it goes away during a request."""

    def answering(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        begun: list[Sequence[Any]] = []
        errors = io.StringIO()  # a traceback for want of the database says no more than the 503
        try:
            check()
            try:
                body = application(environ | {"wsgi.errors": errors}, lambda *begin: begun.append(begin))
            finally:
                if not begun or begun[-1][0].startswith("500"):
                    check()
        except Unreachable as away:
            return plain_answer(environ, start, HTTPStatus.SERVICE_UNAVAILABLE, str(away))
        environ["wsgi.errors"].write(errors.getvalue())
        start(*begun[-1])
        return body

    return answering


def counting_from_a_number(application: Application) -> Application:
    """Answer 400 where trials are asked for after what is no number; optuna-dashboard answers 500."""

    def counting(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(_STUDIES):
            asked = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).get("after", [])
            for after in asked:
                if not _COUNT.fullmatch(after):
                    why = f"after is {after!r}; allowed: how many trials to leave out, 0 or more"
                    return plain_answer(environ, start, HTTPStatus.BAD_REQUEST, why)
        return application(environ, start)

    return counting


def with_headers(application: Application) -> Application:
    """Supply what optuna-dashboard takes for granted, and put artifacts into a sandbox.

    It answers 500 to a client that sends no Accept-Encoding. An artifact is whatever a training wrote, so
    a page among them must not act as the dashboard, nor other sites read it.
    """

    def sent(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        environ.setdefault("HTTP_ACCEPT_ENCODING", "identity")
        if not environ.get("PATH_INFO", "").startswith("/artifacts/"):
            return application(environ, start)

        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            others = [pair for pair in headers if pair[0].lower() != "access-control-allow-origin"]
            safe = [("Content-Security-Policy", "sandbox"), ("X-Content-Type-Options", "nosniff")]
            return start(status, others + safe, *error)

        return application(environ, begin)

    return sent
