"""Tells others, by HTTP, that a study has ended: what a service's file says under `notify`."""

from __future__ import annotations

import json
import time
import urllib.error
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

from formats.problems import ConfigProblems, FormatError, Problem, problem_lines
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
    webhooks: list[tuple[str, Sequence[str]]] = []
    problems: list[Problem] = []
    for index, each in enumerate(config.notify):
        try:
            webhooks.append((_address(each), each.when))
        except ConfigProblems as error:
            problems += [problem.under("notify", index) for problem in error.problems]
    if problems:
        raise UsageError(problem_lines(problems, file.where))
    return webhooks


def _address(webhook: Webhook) -> str:
    if (webhook.url is None) == (webhook.url_file is None):
        raise ConfigProblems([Problem((), "name one of url and url_file")])
    if webhook.url_file is None:
        return _checked(webhook.url or "", "url")
    try:
        url = Path(webhook.url_file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError, RuntimeError) as error:  # a user without a home raises RuntimeError
        message = f"{webhook.url_file} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ConfigProblems([Problem(("url_file",), message)]) from error
    return _checked(url, "url_file")


def _checked(url: str, key: str) -> str:
    """Return the address; its problem does not repeat it, because it may be a secret."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        usable = usable and "@" not in parts.netloc  # urllib would take a password for a part of the host
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigProblems(
            [Problem((key,), "the address has to be http://HOST… or https://HOST…, without user:password@")]
        )
    return url


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
        for tried in range(TRIES):
            time.sleep(PAUSE_SECONDS if tried else 0)
            why = _failure(url, body)
            if why is None:
                return
        self._say(f"notify: address {number + 1} of the service's file could not be told: {why}")


def _failure(url: str, body: bytes) -> str | None:
    """Send to an address once; return why that failed, without the address."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()
    except urllib.error.HTTPError as error:
        error.close()
        return f"it answers with status {error.code}"
    except urllib.error.URLError as error:
        return str(error.reason)
    except OSError as error:
        return str(error)
    except (HTTPException, ValueError) as error:
        return type(error).__name__  # its message may repeat the address
    return None
