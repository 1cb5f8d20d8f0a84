"""Others are told by HTTP that a study has ended; the address, often a secret, is never said."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from tuner.errors import UsageError
from tuner.run.service import notices
from tuner.run.service.notices import TRIES, Notices, read_webhooks

SECRET = "T0P-secret"
BOTH = ("completed", "broken")


class Told(HTTPServer):
    """A server that is told things, on a port of its own.

    Attributes:
        answers: the statuses of its answers, in order; 200 after those.
        told: what it was told: the path, the kind of content, the body.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: Queue[int] = Queue()
        self.told: Queue[tuple[str, str | None, Any]] = Queue()

    @property
    def url(self) -> str:
        """Its address, with a secret in it."""
        return f"http://127.0.0.1:{self.server_port}/hooks/{SECRET}"


class _Handler(BaseHTTPRequestHandler):
    server: Told

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.put((self.path, self.headers["Content-Type"], body))
        self.send_response(200 if self.server.answers.empty() else self.server.answers.get())
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def told() -> Iterator[Told]:
    """A server that runs."""
    with Told() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "PAUSE_SECONDS", 0.01)


def test_an_end_arrives_as_json(told: Told) -> None:
    Notices([(told.url, BOTH)], pytest.fail).ended("mine", "broken", "it cannot\ntrain")
    path, kind, notice = told.told.get(timeout=60)
    assert (path, kind) == (f"/hooks/{SECRET}", "application/json")
    at = notice.pop("at")
    assert at.endswith("+00:00")
    assert notice == {
        "study": "mine",
        "state": "broken",
        "reason": "it cannot\ntrain",
        "text": "study mine broken: it cannot\ntrain",
    }


def test_each_address_is_told_of_the_endings_that_it_wants(told: Told) -> None:
    said = Notices([(f"{told.url}/broken", ("broken",)), (f"{told.url}/both", BOTH)], pytest.fail)
    said.ended("one", "completed", None)
    said.ended("two", "broken", None)
    found = [told.told.get(timeout=60) for _ in range(3)]
    assert sorted((path.rpartition("/")[2], notice["study"]) for path, _, notice in found) == [
        ("both", "one"),
        ("both", "two"),
        ("broken", "two"),
    ]
    assert {notice["text"] for _, _, notice in found} == {"study one completed", "study two broken"}


def test_an_address_that_fails_is_told_again(told: Told) -> None:
    told.answers.put(503)
    told.answers.put(500)
    Notices([(told.url, BOTH)], pytest.fail).ended("mine", "completed", None)
    assert [told.told.get(timeout=60)[2]["study"] for _ in range(3)] == ["mine"] * 3


def test_an_address_that_goes_on_failing_is_named_by_its_number(told: Told) -> None:
    lines: Queue[str] = Queue()
    for _ in range(TRIES):
        told.answers.put(403)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}/{SECRET}"
    webhooks = [(told.url, ("broken",)), (gone, ("completed",)), (f"http://127.0.0.1:{SECRET}/", BOTH)]
    said = Notices(webhooks, lines.put)
    said.ended("mine", "broken", None)
    said.ended("mine", "completed", None)
    found = sorted(lines.get(timeout=60) for _ in range(4))
    assert told.told.qsize() == TRIES
    assert [line.partition(" of the service's file could not be told: ")[0] for line in found] == [
        f"notify: address {number}" for number in (1, 2, 3, 3)
    ]
    assert "403" in found[0]
    assert "refused" in found[1]
    assert SECRET not in "".join(found)


FILE = """
notify:
  - {{url: "https://chat.example/hooks/1", when: [broken]}}
  - {{url_file: {file}}}
"""


def test_a_services_file(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text(f"http://10.0.0.1/{SECRET}\n")
    file = tmp_path / "service.yaml"
    file.write_text(FILE.format(file=tmp_path / "hook"))
    assert read_webhooks(file) == [
        ("https://chat.example/hooks/1", ("broken",)),
        (f"http://10.0.0.1/{SECRET}", BOTH),
    ]
    file.write_text("notify: []")
    assert read_webhooks(file) == []


WRONG = [
    f"ftp://a/{SECRET}",
    f"http:///{SECRET}",
    f"http://[{SECRET}",
    f"http://a:{SECRET}/",
    f"http://user:{SECRET}@a/",
    f"http://a/{SECRET} b",
    f"http://é/{SECRET}",
    SECRET,
    "",
]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("notfy: []", ":1:1: notfy: unknown key; .*notify"),
        ("notify: [{url: 'http://a', wen: [broken]}]", ":1:.*notify.0.wen: unknown key; .*when"),
        ("notify: [{url: 'http://a', when: [stopped]}]", ":1:.*stopped.* is unknown; .*completed"),
        ("notify: [{url: 'http://a'}, {url: 'http://b', url_file: c}]", ":1:29: notify.1: name one of"),
        ("notify: [{when: [broken]}]", ":1:10: notify.0: name one of url and url_file"),
        ("notify: [{url_file: nowhere}]", ":1:.*notify.0.url_file: nowhere cannot be read: No such file"),
        ("notify: [{url_file: /}]", ":1:.*notify.0.url_file: / cannot be read: Is a dir"),
        *(
            (f"notify: [{{url: '{url}'}}]", ":1:.*: notify.0.url: the address has to be http://")
            for url in WRONG
        ),
        ("notify: [{url: 3}]", ":1:.*notify.0.url: 3: expected a string"),
        ("", ":1:1: the file is empty"),
    ],
)
def test_a_mistake_in_a_services_file_is_one_line(tmp_path: Path, content: str, line: str) -> None:
    file = tmp_path / "service.yaml"
    file.write_text(content)
    with pytest.raises(UsageError, match=f"service.yaml{line}") as caught:
        read_webhooks(file)
    assert len(str(caught.value).splitlines()) == 1
    assert SECRET not in str(caught.value)


def test_all_mistakes_of_a_services_file_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "service.yaml"
    file.write_text("notify:\n- {url: 'ftp://a'}\n- {url: 'http://a'}\n- {}\n")
    with pytest.raises(UsageError) as caught:
        read_webhooks(file)
    assert [line.partition(": ")[2].partition(":")[0] for line in str(caught.value).splitlines()] == [
        "notify.0.url",
        "notify.2",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml: cannot be read"):
        read_webhooks(tmp_path / "nowhere.yaml")
