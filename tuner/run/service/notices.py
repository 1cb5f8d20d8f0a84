"""Tells others, by HTTP, that a study has ended: what a service's file says under `notify`."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from os import PathLike
from pathlib import Path
from threading import Thread
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from formats.problems import FormatError, problem_lines
from formats.validation import Section, problems_of
from formats.yaml.file import YamlFile
from tuner.errors import UsageError

TRIES, PAUSE_SECONDS, TIMEOUT_SECONDS = 4, 5.0, 10.0


class Webhook(Section):
    """An address that is told.

    Attributes:
        url: where a JSON object is sent to; or
        url_file: a file that holds it, on one line, because it is often a secret.
        when: the endings that it is told of.
    """

    url: str | None = None
    url_file: str | None = None
    when: Annotated[tuple[Literal["completed", "broken"], ...], Field(strict=False)] = ("completed", "broken")


class ServiceConfig(Section):
    """A service's file.

    Attributes:
        notify: who is told that a study has ended.
    """

    notify: Annotated[tuple[Webhook, ...], Field(strict=False)] = ()


def read_webhooks(path: str | PathLike[str]) -> list[tuple[str, Sequence[str]]]:
    """Return the addresses of a service's file, and the endings that each is told of.

    Raises:
        UsageError: a line for each problem of the file.
    """
    try:
        file = YamlFile.read(path)
        config = ServiceConfig.model_validate(file.data)
    except FormatError as error:
        raise UsageError(str(error)) from error
    except ValidationError as error:
        raise UsageError(problem_lines(problems_of(error, file.data), file.where)) from error
    return [
        (_address(each, file.where(("notify", index))), each.when) for index, each in enumerate(config.notify)
    ]


def _address(webhook: Webhook, where: str) -> str:
    if (webhook.url is None) == (webhook.url_file is None):
        raise UsageError(f"{where}: notify: name one of url and url_file")
    url = webhook.url
    if webhook.url_file is not None:
        try:
            url = Path(webhook.url_file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{where}: notify.url_file: cannot be read: {error}") from error
    if urlsplit(url or "").scheme not in ("http", "https"):
        raise UsageError(f"{where}: notify: the address has to begin with http:// or https://")
    return url or ""


class Notices:
    """Sends what happened to each address that wants it, on threads of their own.

    Args:
        webhooks: addresses, and the endings that each is told of.
        say: told in a line that nobody could be told; the address, which may be a secret, is not repeated.
    """

    def __init__(self, webhooks: Sequence[tuple[str, Sequence[str]]], say: Callable[[str], None]) -> None:
        self._webhooks = webhooks
        self._say = say

    def ended(self, study: str, state: str, reason: str | None) -> None:
        """Tell that a study has ended."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        text = f"study {study} {state}{f': {reason}' if reason else ''}"
        notice = {"study": study, "state": state, "reason": reason, "at": at, "text": text}
        body = json.dumps(notice).encode()
        for number, (url, when) in enumerate(self._webhooks):
            if state in when:
                Thread(target=self._send, args=(number, url, body), daemon=True).start()

    def _send(self, number: int, url: str, body: bytes) -> None:
        for _ in range(TRIES):
            try:
                request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
                urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()
            except (OSError, HTTPException) as error:
                why = type(error).__name__ if not isinstance(error, OSError) else str(error)
                time.sleep(PAUSE_SECONDS)
            else:
                return
        self._say(f"notify: address {number + 1} of the service's file could not be told: {why}")
