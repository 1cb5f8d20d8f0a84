"""Several visitors who ask the same cost one computation, and none is told what was true before it asked."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.tuner.results.dashboard.test_middleware import PASSWORD, basic, present
from tuner.results.dashboard.access import Access
from tuner.results.dashboard.middleware import guarded
from tuner.results.dashboard.shared import EASE, IMPORTANCES, MOST, SharedAnswers
from tuner.results.wsgi import Application, Environ, StartResponse

STUDY = "/api/studies/1"


@dataclass
class Store:
    """A store that changes, an application that answers with its value, and a clock."""

    value: int = 0
    status: str = "200 OK"
    now: float = 0.0
    takes: float = 0.0
    computed: list[str] = field(default_factory=list)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may_end: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_end.set()

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        said = str(self.value).encode()
        self.computed.append(environ["PATH_INFO"] + environ.get("QUERY_STRING", ""))
        self.begun.release()
        assert self.may_end.wait(60)
        self.now += self.takes
        start(self.status, [("Content-Type", "application/json"), ("Content-Length", str(len(said)))])
        return [said]

    def shared(self) -> SharedAnswers:
        return SharedAnswers(self, lambda: str(self.value), lambda: self.now)


def ask(application: Application, path: str = STUDY, **more: str) -> str:
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": "localhost", **more}
    begun: list[Any] = []
    body = b"".join(application(environ | {"wsgi.errors": io.StringIO()}, lambda *begin: begun.append(begin)))
    ((_, headers),) = begun
    named = dict(headers)
    assert len(named) == len(headers)
    assert int(named["Content-Length"]) == len(body)
    return (gzip.decompress(body) if named.get("Content-Encoding") == "gzip" else body).decode()


def test_an_answer_serves_while_nothing_changes() -> None:
    store = Store()
    shared = store.shared()
    for store.now in (1, 2):
        assert ask(shared) == ask(shared, HTTP_ACCEPT_ENCODING="gzip, br") == "0"
    assert store.computed == [STUDY]
    store.value, store.now = 1, 3
    assert ask(shared) == "1"


def test_what_is_asked_otherwise_is_answered_otherwise() -> None:
    store = Store()
    shared = store.shared()
    for path, query in ((STUDY, ""), (STUDY, "after=2"), (STUDY + IMPORTANCES, ""), ("/api/studies/2", "")):
        for _ in range(2):
            ask(shared, path, QUERY_STRING=query)
    assert len(store.computed) == 4


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", STUDY), ("DELETE", STUDY), ("HEAD", STUDY), ("GET", "/api/studies"), ("GET", "/csv/1")],
)
def test_all_else_is_passed_on(method: str, path: str) -> None:
    store = Store()
    shared = store.shared()
    for _ in range(2):
        ask(shared, path, REQUEST_METHOD=method)
    assert store.computed == [path] * 2


def test_visitors_at_the_same_time_cost_two_computations_at_most() -> None:
    """Those who come while one is computed wait for the next: the store may have changed before they came."""
    store = Store()
    shared = store.shared()
    store.may_end.clear()
    with ThreadPoolExecutor(20) as visitors:
        first = visitors.submit(ask, shared)
        assert store.begun.acquire(timeout=60)
        store.value, store.now = 1, 1
        others = [visitors.submit(ask, shared) for _ in range(19)]
        store.may_end.set()
        assert first.result() == "0"
        assert {each.result() for each in others} == {"1"}
    assert len(store.computed) == 2


def test_an_answer_that_was_begun_later_serves_though_the_store_changes_all_the_time() -> None:
    store = Store()
    changes = iter(range(1_000))
    shared = SharedAnswers(store, lambda: str(next(changes)), lambda: store.now)
    store.may_end.clear()
    with ThreadPoolExecutor(20) as visitors:
        first = visitors.submit(ask, shared)
        assert store.begun.acquire(timeout=60)
        asked, store.now = threading.Semaphore(0), 1

        def clock() -> float:
            asked.release()
            return store.now

        shared._clock = clock
        others = [visitors.submit(ask, shared) for _ in range(19)]
        for _ in others:
            assert asked.acquire(timeout=60)
        store.now = 2
        store.may_end.set()
        assert {each.result() for each in [first, *others]} == {"0"}
    assert len(store.computed) == 2


def test_what_went_wrong_is_asked_anew() -> None:
    store = Store(status="500 Internal Server Error")
    shared = store.shared()
    for store.now in (1, 2):
        ask(shared)
    assert len(store.computed) == 2


def test_importances_serve_for_as_long_as_they_cost() -> None:
    store = Store(takes=1)
    shared = store.shared()
    path = STUDY + IMPORTANCES
    assert ask(shared, path) == "0"
    store.value, store.now = 1, 1 + EASE
    assert ask(shared, path) == "0"
    store.now += 1
    assert ask(shared, path) == "1"


def test_only_so_many_answers_are_kept() -> None:
    store = Store()
    shared = store.shared()
    for _ in range(2):
        for after in range(MOST + 1):
            store.now += 1
            ask(shared, QUERY_STRING=f"after={after}")
    assert len(store.computed) == 2 * (MOST + 1)


def test_a_stranger_is_given_nothing_that_others_were_given() -> None:
    store = Store()
    application = guarded(store.shared(), present, Access(password=PASSWORD))
    assert ask(application, HTTP_AUTHORIZATION=basic(PASSWORD)) == "0"
    assert ask(application) == "the dashboard asks for a password\n"
    assert ask(application, HTTP_AUTHORIZATION=basic("wrong")) == "the dashboard asks for a password\n"
    assert ask(application, HTTP_HOST="evil.example", HTTP_AUTHORIZATION=basic(PASSWORD)).startswith(
        "the dashboard does not answer to"
    )
    assert len(store.computed) == 1
