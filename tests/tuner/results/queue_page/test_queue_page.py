"""The queue's page: what it shows, who may see it, and who may change anything by its forms."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.results.dashboard.test_middleware import Answer, Page, ask, basic, present
from tuner.errors import StudyFailed
from tuner.results.dashboard.access import Access
from tuner.results.dashboard.middleware import guarded
from tuner.results.queue_page.served import MOST_BYTES, with_queue
from tuner.results.queue_page.session import COOKIE
from tuner.results.wsgi import Application, Environ, StartResponse
from tuner.settings import Settings
from tuner.store.create_study import create_or_load
from tuner.store.lock import driver_purpose, exclusive
from tuner.store.queue.queue_writer import QueueOptions, submit
from tuner.store.queue.queued_study import QueuedStudy
from tuner.store.queue.submission import queued_study
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store

PASSWORD = "open, sésame: 1"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def view(storage_url: str) -> StudyView:
    """A study that is queued."""
    view = create_or_load(make_store(storage_url, ["score", "cost"]), toy_config())
    submit(view.engine, view.study_id, QueueOptions())
    return view


def dashboard(url: str, *, writable: bool = False, password: str | None = None) -> Application:
    store = ReadingStore.open(url, writable=writable)
    settings = Settings(storage=url, runs_folder=Path("runs"), ray_address=None)
    access = Access(writable=writable, password=password)
    return guarded(with_queue(Page(), store, settings, writable=writable), present, access)


@dataclass
class Visitor:
    """A browser with a session."""

    application: Application
    cookie: str
    token: str

    @classmethod
    def of(cls, application: Application) -> Visitor:
        answer = ask(application, path="/queue")
        (token,) = set(re.findall('name=token value="([0-9a-f]+)"', answer.body))
        return cls(application, answer.headers["Set-Cookie"].partition(";")[0], token)

    def send(self, action: str = "stop", body: str | None = None, kind: str = FORM, **changes: Any) -> Answer:
        fields = {"study": "toy", "token": changes.pop("token", self.token), **changes.pop("fields", {})}
        cookie = changes.pop("cookie", self.cookie)
        headers = ({"COOKIE": cookie} if cookie else {}) | changes
        data = (urlencode(fields) if body is None else body).encode()

        def with_body(environ: Environ, start: StartResponse) -> Iterable[bytes]:
            environ |= {
                "wsgi.input": io.BytesIO(data),
                "CONTENT_LENGTH": str(len(data)),
                "CONTENT_TYPE": kind,
            }
            return self.application(environ, start)

        return ask(with_body, "POST", f"/queue/{action}", **headers)


def row_of(view: StudyView) -> QueuedStudy:
    row = queued_study(view)
    assert row is not None
    return row


def test_the_page_shows_studies_running_trials_and_failures(storage_url: str, tmp_path: Path) -> None:
    choices = {"search": "categorical", "choices": ["raises", "good"]}
    view = launch_toy(toy_config(trials=4, behaviour=choices), storage_url, tmp_path).study
    submit(view.engine, view.study_id, QueueOptions(max_devices=2))
    with view.engine.begin() as connection:
        connection.execute(text("UPDATE trials SET state = 'RUNNING' WHERE number = 0"))
    answer = ask(dashboard(storage_url), path="/queue")
    assert answer.status == 200
    best = view.summary().best()
    for shown in (
        '<a href="/report/toy">report</a>',
        f'<a href="/dashboard/studies/{view.study_id}">dashboard</a>',
        f"score ↑ {best['score']:.4g}, cost ↓ {best['cost']:.4g}, front of ",
        "1 running",
        "10, at most 2",
        "no service is there",
        f"<td>{view.record(0).attributes['device']}</td>",
        "its driver is gone",
        "RuntimeError: the trainer broke",
    ):
        assert shown in answer.body, shown
    with exclusive(view.engine, driver_purpose(view.study_id), wait=False):
        driven = ask(dashboard(storage_url), path="/queue").body
    assert "<span class=running>running</span>" in driven
    assert "its driver is gone" not in driven


def test_the_page_runs_nothing_and_loads_nothing(view: StudyView, storage_url: str) -> None:
    answer = ask(dashboard(storage_url), path="/queue")
    policy = answer.headers["Content-Security-Policy"]
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'",
        policy,
    )
    assert not re.search("<script|<img|<link| on[a-z]+=| style=|src=|http://|https://", answer.body)
    assert "<meta http-equiv=refresh content=5>" in answer.body
    assert "prefers-color-scheme: dark" in answer.body
    assert '<meta name=viewport content="width=device-width' in answer.body
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == (
        "no-store",
        "nosniff",
    )
    assert "refresh content" not in ask(dashboard(storage_url), path="/queue", query="paused=1").body


def test_nothing_stored_is_read_as_a_page(storage_url: str, tmp_path: Path) -> None:
    hostile = '"><script>alert(1)</script>'
    config = toy_config(study=hostile, trials=1, behaviour="raises", failures=1)
    with pytest.raises(StudyFailed):
        launch_toy(config, storage_url, tmp_path)
    engine = make_store(storage_url, ["score", "cost"])
    view = create_or_load(engine, config)
    submit(engine, view.study_id, QueueOptions())
    with engine.begin() as connection:
        connection.execute(text("UPDATE tuner_queue SET submitted_by = :h, reason = :h"), {"h": hostile})
        connection.execute(
            text("UPDATE trial_user_attributes SET value_json = :h WHERE key = 'reason'"), {"h": hostile}
        )
    for writable in (False, True):
        body = ask(dashboard(storage_url, writable=writable), path="/queue").body
        assert "<script" not in body
        assert body.count("&lt;script&gt;") >= 4


@pytest.mark.parametrize("writable", [False, True])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/queue"),
        ("HEAD", "/queue/"),
        ("GET", "/queue/stop"),
        ("POST", "/queue"),
        ("POST", "/queue/stop"),
        ("POST", "/queue/resume"),
        ("POST", "/queue/priority"),
    ],
)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"AUTHORIZATION": basic("wrong")}, 401),
        ({"AUTHORIZATION": basic(PASSWORD), "HOST": "evil.example"}, 403),
    ],
)
def test_every_address_asks_for_the_password_and_its_own_name(
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    writable: bool,
    view: StudyView,
    storage_url: str,
) -> None:
    application = dashboard(storage_url, writable=writable, password=PASSWORD)
    assert ask(application, method, path, **headers).status == status
    assert row_of(view).state == "queued"


def test_a_dashboard_that_only_reads_has_no_forms_and_takes_none(view: StudyView, storage_url: str) -> None:
    application = dashboard(storage_url)
    answer = ask(application, path="/queue")
    assert "<form" not in answer.body
    assert "Set-Cookie" not in answer.headers
    writable = Visitor.of(dashboard(storage_url, writable=True))
    for action in ("stop", "resume", "priority"):
        assert Visitor(application, writable.cookie, writable.token).send(action).status == 405
    assert row_of(view).state == "queued"


def cut(words: str) -> str:
    return words[:-1] + ("0" if words[-1] != "0" else "1")


@pytest.mark.parametrize("action", ["stop", "resume", "priority"])
@pytest.mark.parametrize(
    "changed",
    [
        lambda _own, _other: {"token": ""},
        lambda own, _other: {"token": cut(own.token)},
        lambda _own, other: {"token": other.token},
        lambda _own, _other: {"token": "ä"},
        lambda _own, _other: {"cookie": ""},
        lambda own, _other: {"cookie": cut(own.cookie)},
        lambda _own, other: {"cookie": other.cookie},
        lambda _own, _other: {"cookie": f"{COOKIE}="},
        lambda _own, _other: {"cookie": 'a b=;;;="', "token": ""},
        lambda _own, _other: {"kind": "text/plain"},
        lambda _own, _other: {"body": "x" * (MOST_BYTES + 1)},
        lambda _own, _other: {"SEC_FETCH_SITE": "cross-site"},
        lambda _own, _other: {"SEC_FETCH_SITE": "same-site"},
        lambda _own, _other: {"ORIGIN": "https://evil.example"},
    ],
)
def test_a_form_that_is_not_of_the_session_changes_nothing(
    action: str, changed: Callable[[Visitor, Visitor], dict[str, Any]], view: StudyView, storage_url: str
) -> None:
    application = dashboard(storage_url, writable=True)
    own, other = Visitor.of(application), Visitor.of(application)
    before = row_of(view)
    assert own.send(action, fields={"priority": "7"}, **changed(own, other)).status == 403
    assert row_of(view) == before


def test_a_token_of_another_dashboard_is_none(view: StudyView, storage_url: str) -> None:
    first, second = (Visitor.of(dashboard(storage_url, writable=True)) for _ in range(2))
    assert Visitor(first.application, second.cookie, second.token).send().status == 403
    assert row_of(view).state == "queued"


def test_the_cookie_is_kept_from_scripts_and_other_sites(view: StudyView, storage_url: str) -> None:
    application = dashboard(storage_url, writable=True)
    cookie = ask(application, path="/queue").headers["Set-Cookie"]
    assert re.fullmatch(rf"{COOKIE}=[0-9a-f]{{32}}; Path=/queue; HttpOnly; SameSite=Strict", cookie)
    own = Visitor.of(application)
    again = ask(application, path="/queue", COOKIE=own.cookie)
    assert "Set-Cookie" not in again.headers
    assert own.token in again.body


def test_a_study_is_stopped_resumed_and_preferred(view: StudyView, storage_url: str) -> None:
    visitor = Visitor.of(dashboard(storage_url, writable=True))
    answer = visitor.send("priority", fields={"priority": "500"})
    assert (answer.status, answer.headers["Location"]) == (303, "/queue")
    assert row_of(view).priority == 500
    assert visitor.send("stop", SEC_FETCH_SITE="same-origin").status == 303
    assert row_of(view).state == "stopped"
    assert "/queue/resume" in ask(visitor.application, path="/queue").body
    assert visitor.send("resume").status == 303
    assert row_of(view).state == "queued"


@pytest.mark.parametrize(
    ("action", "fields", "status", "line"),
    [
        ("priority", {"priority": "0"}, 400, "priority is '0'; allowed: 1 to 1000\n"),
        ("priority", {"priority": "1001"}, 400, "priority is '1001'; allowed: 1 to 1000\n"),
        ("priority", {"priority": "x"}, 400, "priority is 'x'; allowed: 1 to 1000\n"),
        ("priority", {"priority": "²"}, 400, "priority is '²'; allowed: 1 to 1000\n"),
        ("priority", {"priority": "9" * 5_000}, 400, f"priority is '{'9' * 20}'; allowed: 1 to 1000\n"),
        ("stop", {"study": "<b>"}, 400, "there is no study '<b>'"),
        ("delete", {}, 404, "there is nothing here; the queue is at /queue\n"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    action: str, fields: dict[str, str], status: int, line: str, view: StudyView, storage_url: str
) -> None:
    before = row_of(view)
    answer = Visitor.of(dashboard(storage_url, writable=True)).send(action, fields=fields)
    assert answer.status == status
    assert answer.body.startswith(line)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert row_of(view) == before


def test_a_study_whose_budget_is_met_is_not_resumed(storage_url: str, tmp_path: Path) -> None:
    view = launch_toy(toy_config(trials=1), storage_url, tmp_path).study
    submit(view.engine, view.study_id, QueueOptions())
    visitor = Visitor.of(dashboard(storage_url, writable=True))
    assert "/queue/resume" not in ask(visitor.application, path="/queue").body
    answer = visitor.send("resume")
    assert (answer.status, "its budget is met" in answer.body) == (400, True)
