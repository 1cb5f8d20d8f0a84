"""The middlewares in front of the dashboard: each alone, and all in their order."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from tuner.errors import Unreachable
from tuner.results.dashboard.access import LOOPBACK_NAMES, Access
from tuner.results.dashboard.middleware import guarded
from tuner.results.wsgi import Application, Environ, StartResponse

PASSWORD = "pä:ss"


def basic(password: str, user: str = "anyone", scheme: str = "Basic") -> str:
    return f"{scheme} " + base64.b64encode(f"{user}:{password}".encode()).decode()


@dataclass
class Page:
    """An application that tells what reached it."""

    status: str = "200 OK"
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", "text/html")])
    asked: list[Environ] = field(default_factory=list)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.asked.append(environ)
        start_response(self.status, self.headers)
        return [b"a page"]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


def ask(
    application: Application,
    method: str = "GET",
    path: str = "/",
    query: str = "",
    errors: io.StringIO | None = None,
    **headers: str,
) -> Answer:
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path}
    environ |= {"QUERY_STRING": query, "HTTP_HOST": "localhost:8080"}
    environ |= {f"HTTP_{name}": value for name, value in headers.items()}
    setup_testing_defaults(environ)
    environ["wsgi.errors"] = errors or io.StringIO()
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        begun.append((status, headers))
        return lambda _data: None

    body = validator(application)(environ, start_response)
    text = b"".join(body).decode()
    body.close()  # type: ignore[attr-defined]
    ((status, sent),) = begun
    return Answer(int(status.split()[0]), dict(sent), text)


def present() -> None:
    """A store that is there."""


def away() -> None:
    raise Unreachable("the database postgresql://user@host/db is away: connection refused")


@pytest.mark.parametrize("path", ["/", "/dashboard/studies/1", "/static/bundle.js", "/api/studies", "/none"])
@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("", 401),
        (basic("wrong"), 401),
        (basic(""), 401),
        (basic(PASSWORD[:-1]), 401),
        (basic(PASSWORD, scheme="Bearer"), 401),
        ("Basic", 401),
        ("Basic not base64!", 401),
        ("Basic ä", 401),
        (basic(PASSWORD), 200),
        (basic(PASSWORD, user=""), 200),
        (basic(PASSWORD, scheme="basic"), 200),
    ],
)
def test_nothing_is_served_without_the_password(path: str, authorization: str | None, status: int) -> None:
    page = Page()
    headers = {} if authorization is None else {"AUTHORIZATION": authorization}
    answer = ask(guarded(page, present, Access(password=PASSWORD)), path=path, **headers)
    assert answer.status == status
    assert bool(page.asked) == (status == 200)
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert answer.body == "the dashboard asks for a password\n"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:8080", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8080", 200),
        ("tuner.example", 200),
        ("tuner.example:443", 200),
        ("10.0.0.5:8080", 200),
        ("evil.example", 403),
        ("evil.example:8080", 403),
        ("localhost.evil.example", 403),
        ("tuner.example@evil.example", 403),
        ("0.0.0.0:8080", 403),
        ("", 403),
    ],
)
def test_only_its_own_names_are_answered(host: str, status: int) -> None:
    access = Access.at("0.0.0.0", ["Tuner.example", "10.0.0.5"], PASSWORD)
    answer = ask(guarded(Page(), present, access), HOST=host, AUTHORIZATION=basic(PASSWORD))
    assert answer.status == status
    assert ("--allow-host NAME" in answer.body) == (status == 403)


def test_what_is_repeated_cannot_be_read_as_a_page() -> None:
    answer = ask(guarded(Page(), present, Access()), HOST="<script>")
    assert answer.status == 403
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/studies/1", "/healthz"])
def test_only_a_writable_dashboard_is_written_to(method: str, path: str) -> None:
    page = Page()
    refused = ask(guarded(page, present, Access()), method, path)
    assert (refused.status, refused.headers["Allow"], page.asked) == (405, "GET, HEAD", [])
    assert ask(guarded(page, present, Access(writable=True)), method, path).status == 200
    assert [environ["REQUEST_METHOD"] for environ in page.asked] == [method]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"ORIGIN": "http://localhost:8080"}, 200),
        ({"ORIGIN": "HTTP://LocalHost:8080"}, 200),
        ({"ORIGIN": "http://localhost:8080", "SEC_FETCH_SITE": "same-origin"}, 200),
        # A proxy that serves HTTPS may ask under another name.
        ({"ORIGIN": "https://tuner.example", "SEC_FETCH_SITE": "same-origin"}, 200),
        ({"SEC_FETCH_SITE": "none"}, 200),
        ({"ORIGIN": "http://localhost:3000"}, 403),
        ({"ORIGIN": "http://localhost"}, 403),
        ({"ORIGIN": "https://evil.example"}, 403),
        ({"ORIGIN": "http://localhost:8080.evil.example"}, 403),
        ({"ORIGIN": "null"}, 403),
        ({"ORIGIN": ""}, 403),
        ({"SEC_FETCH_SITE": "cross-site"}, 403),
        ({"SEC_FETCH_SITE": "same-site", "ORIGIN": "http://localhost:8080"}, 403),
    ],
)
def test_no_page_of_another_site_writes(method: str, headers: dict[str, str], status: int) -> None:
    page = Page()
    application = guarded(page, present, Access(password=PASSWORD, writable=True))
    answer = ask(application, method, "/api/studies/1", AUTHORIZATION=basic(PASSWORD), **headers)
    assert (answer.status, len(page.asked)) == (status, int(status == 200))
    if status == 403:
        assert (answer.body.count("\n"), "open it under its own address" in answer.body) == (1, True)
        assert ask(application, path="/", AUTHORIZATION=basic(PASSWORD), **headers).status == 200


@pytest.mark.parametrize(
    ("after", "status"),
    [("0", 200), ("12", 200), ("abc", 400), ("", 400), ("-1", 400), ("1.5", 400), ("1&after=x", 400)],
)
def test_trials_are_counted_by_a_number(after: str, status: int) -> None:
    page = Page()
    answer = ask(guarded(page, present, Access()), path="/api/studies/7", query=f"after={after}")
    assert (answer.status, len(page.asked)) == (status, int(status == 200))
    if status == 400:
        assert re.fullmatch(r"after is '.*'; allowed: how many trials to leave out, 0 or more\n", answer.body)


def test_who_may_not_look_may_not_write_either() -> None:
    page = Page()
    assert ask(guarded(page, present, Access(password=PASSWORD, writable=True)), "DELETE").status == 401
    assert not page.asked


def test_an_outage_is_one_line() -> None:
    page = Page()
    answer = ask(guarded(page, away, Access()), path="/api/studies")
    assert (answer.status, page.asked) == (503, [])
    assert answer.body == "the database postgresql://user@host/db is away: connection refused\n"


def test_an_outage_during_a_request_is_the_same_line() -> None:
    page = Page("500 Internal Server Error")

    def lost() -> None:
        if page.asked:
            away()

    answer = ask(guarded(page, lost, Access()))
    assert (answer.status, "is away" in answer.body) == (503, True)


def test_an_outage_while_the_dashboard_is_made_is_the_same_line() -> None:
    def unmade(_environ: Environ, _start_response: StartResponse) -> Iterable[bytes]:
        away()
        return []

    assert ask(guarded(unmade, present, Access())).status == 503


@pytest.mark.parametrize("status", [200, 503])
def test_an_error_that_escapes_during_an_outage_is_the_same_line(status: int) -> None:
    page = Page()

    def broken(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.errors"].write("Traceback")
        page.asked.append(environ)
        raise RuntimeError("the session is lost")

    def lost() -> None:
        if page.asked and status == 503:
            away()

    said = io.StringIO()
    with pytest.raises(RuntimeError, match="lost") if status == 200 else nullcontext():
        assert ask(guarded(broken, lost, Access()), errors=said).status == 503
    assert not said.getvalue()


def test_an_error_of_the_dashboard_stays_one() -> None:
    answer = ask(guarded(Page("500 Internal Server Error"), present, Access()))
    assert (answer.status, answer.body) == (500, "a page")


def test_an_answer_to_head_has_no_body() -> None:
    answer = ask(guarded(Page(), away, Access()), "HEAD")
    assert (answer.status, answer.body) == (503, "")
    assert int(answer.headers["Content-Length"]) == len(ask(guarded(Page(), away, Access())).body)


@pytest.mark.parametrize(("check", "status"), [(present, 200), (away, 503)])
def test_whoever_asks_learns_whether_it_is_alive_and_no_more(check: Any, status: int) -> None:
    page = Page()
    application = guarded(page, check, Access(password=PASSWORD))
    answer = ask(application, path="/healthz", HOST="10.1.2.3")
    assert (answer.status, page.asked) == (status, [])
    assert answer.body == ("ok\n" if status == 200 else "the study store cannot be read\n")
    assert ask(application, path="/healthz/", HOST="10.1.2.3").status == 403
    assert ask(application, path="/healthz/").status == 401


def test_a_missing_accept_encoding_is_supplied() -> None:
    page = Page()
    ask(guarded(page, present, Access()))
    ask(guarded(page, present, Access()), ACCEPT_ENCODING="gzip")
    assert [environ["HTTP_ACCEPT_ENCODING"] for environ in page.asked] == ["identity", "gzip"]


def test_artifacts_are_put_into_a_sandbox() -> None:
    page = Page(headers=[("Content-Type", "text/html"), ("Access-Control-Allow-Origin", "*")])
    application = guarded(page, present, Access())
    artifact = ask(application, path="/artifacts/1/2/abc").headers
    assert artifact["Content-Security-Policy"] == "sandbox"
    assert artifact["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in artifact
    assert "Content-Security-Policy" not in ask(application, path="/dashboard").headers


def test_the_password_is_not_shown() -> None:
    assert PASSWORD not in repr(Access(LOOPBACK_NAMES, PASSWORD))
