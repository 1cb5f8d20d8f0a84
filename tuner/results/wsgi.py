"""The layers in front of the dashboard: their types, and an answer of one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def plain_answer(
    environ: Environ, start: StartResponse, status: HTTPStatus, line: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    """Answer with this status and line."""
    body = f"{line}\n".encode()
    # What was asked for is repeated in some lines: it may not be read as a page.
    plain = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    start(f"{status.value} {status.phrase}", [*plain, ("Content-Length", str(len(body))), *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
