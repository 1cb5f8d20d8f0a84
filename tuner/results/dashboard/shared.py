"""Answers that several visitors share: while the store is unchanged, one computation serves all."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tuner.results.wsgi import Application, Environ, StartResponse

IMPORTANCES = "/param_importances"
SHARED = re.compile(rf"/api/studies/[0-9]+(?:{IMPORTANCES})?/?")
"""What the page of a study asks for again and again."""

EASE = 20
"""For how many times as long as they took importances serve: a trial more or less hardly changes them."""

MOST = 32
"""How many answers are kept, compressed; visitors who came at different times ask for different trials."""


@dataclass(frozen=True)
class _Answer:
    """An answer, compressed.

    Attributes:
        revision: the store's, just before.
        began: when it was begun.
        serves_until: until when it serves whatever changes.
        headers: without those that say how the body is sent.
    """

    revision: str
    began: float
    serves_until: float
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class _Place:
    """The last answer to one question; whoever holds the lock computes it for those who wait."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: _Answer | None = None


class SharedAnswers:
    """A layer that asks the application once for all who ask the same meanwhile.

    What an answer says is no older than its request; importances may be. It stands behind the layers that
    decide who may look.

    Args:
        application: optuna-dashboard.
        revision: returns a word that is another one after any change of the store.
        clock: in seconds.
    """

    def __init__(
        self,
        application: Application,
        revision: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application = application
        self._revision = revision
        self._clock = clock
        self._places: dict[tuple[str, str], _Place] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Answer as the application does, compressed for whoever takes that."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "GET" or not SHARED.fullmatch(path):
            return self._application(environ, start)
        answer = self._answer(environ, path)
        body = answer.body
        headers = [*answer.headers, ("Vary", "Accept-Encoding")]
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            headers.append(("Content-Encoding", "gzip"))
        else:
            body = gzip.decompress(body)
        start(answer.status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: Environ, path: str) -> _Answer:
        asked = self._clock()
        with self._lock:
            place = self._places.setdefault((path, environ.get("QUERY_STRING", "")), _Place())
        with place.lock:
            answer = place.answer
            if answer is not None and asked <= max(answer.began, answer.serves_until):
                return answer
            revision = self._revision()
            if answer is None or answer.revision != revision:
                answer = self._computed(environ, revision)
                place.answer = answer if answer.status.startswith("200") else None
                self._forget(revision)
            return answer

    def _computed(self, environ: Environ, revision: str) -> _Answer:
        began = self._clock()
        begun: list[Any] = []
        body = b"".join(self._application(environ, lambda *begin: begun.append(begin)))
        status, headers, *_ = begun[-1]
        ended = self._clock()
        serves_until = ended + EASE * (ended - began) if IMPORTANCES in environ["PATH_INFO"] else began
        kept = tuple(pair for pair in headers if pair[0].lower() != "content-length")
        return _Answer(
            revision, began, serves_until, status, kept, gzip.compress(body, compresslevel=1, mtime=0)
        )

    def _forget(self, revision: str) -> None:
        """Forget answers that serve nobody any more, and the oldest if there are too many."""
        now = self._clock()
        with self._lock:
            kept = [
                (question, place)
                for question, place in self._places.items()
                if place.lock.locked()
                or (place.answer and (place.answer.revision == revision or place.answer.serves_until > now))
            ]
            self._places = dict(kept[-MOST:])
