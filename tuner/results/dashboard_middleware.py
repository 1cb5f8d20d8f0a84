"""What stands between a browser and the dashboard: names, password, read-only, and a store that is away."""

from __future__ import annotations

import base64
import hmac
import io
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from tuner.errors import Unreachable
from tuner.results.dashboard_access import Access, host_name

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Check = Callable[[], None]

LIVENESS = "/healthz"


def guarded(application: Application, check: Check, access: Access) -> Application:
    """Put the application behind all that `access` asks for.

    Args:
        application: the dashboard.
        check: raises Unreachable, with the reason, while the store cannot be read.
        access: who may do what.
    """
    application = with_headers(application)
    application = answering_outages(application, check)
    if not access.writable:
        application = read_only(application)
    if access.password is not None:
        application = asking_for_password(application, access.password)
    return with_liveness(answering_to(application, access.hosts), check)


def with_liveness(application: Application, check: Check) -> Application:
    """Add an address for health checks, which needs no password and shows no data."""

    def alive(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != LIVENESS or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return application(environ, start)
        try:
            check()
        except Unreachable:
            why = "the study store cannot be read"
            return _plain(environ, start, HTTPStatus.SERVICE_UNAVAILABLE, why)
        return _plain(environ, start, HTTPStatus.OK, "ok")

    return alive


def answering_to(application: Application, hosts: frozenset[str]) -> Application:
    """Answer only to these names; else any web page could read the dashboard through a name of its own."""

    def named(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        name = host_name(environ.get("HTTP_HOST", ""))
        if name in hosts:
            return application(environ, start)
        why = f"the dashboard does not answer to {name!r}; if it should, start it with --allow-host NAME"
        return _plain(environ, start, HTTPStatus.FORBIDDEN, why)

    return named


def asking_for_password(application: Application, password: str) -> Application:
    """Serve nothing without the password, whatever the user's name (HTTP Basic, RFC 7617)."""
    wanted = password.encode()

    def asking(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if hmac.compare_digest(_password(environ.get("HTTP_AUTHORIZATION", "")), wanted):
            return application(environ, start)
        challenge = ("WWW-Authenticate", 'Basic realm="tuner", charset="UTF-8"')
        why = "the dashboard asks for a password"
        return _plain(environ, start, HTTPStatus.UNAUTHORIZED, why, challenge)

    return asking


def read_only(application: Application) -> Application:
    """Refuse every request that would change the store.

    optuna-dashboard can rename, delete and tell; a visitor who did so would take a running study from
    its driver.
    """

    def reading(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return application(environ, start)
        why = "this dashboard is read-only"
        return _plain(environ, start, HTTPStatus.METHOD_NOT_ALLOWED, why, ("Allow", "GET, HEAD"))

    return reading


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
            return _plain(environ, start, HTTPStatus.SERVICE_UNAVAILABLE, str(away))
        environ["wsgi.errors"].write(errors.getvalue())
        start(*begun[-1])
        return body

    return answering


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


def _plain(
    environ: Environ, start: StartResponse, status: HTTPStatus, line: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    body = f"{line}\n".encode()
    # What was asked for is repeated in some lines: it may not be read as a page.
    plain = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    start(f"{status.value} {status.phrase}", [*plain, ("Content-Length", str(len(body))), *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _password(authorization: str) -> bytes:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(credentials.strip(), validate=True).partition(b":")[2]
    except ValueError:
        return b""
