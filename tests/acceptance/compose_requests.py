"""What a neighbour asks of a compose project: its HTTP servers and its database."""

from __future__ import annotations

import urllib.error
import urllib.request

from sqlalchemy import URL

from tests.acceptance.compose import Compose


def get(url: str, *, data: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """The status and the body of an answer; data are sent by POST."""
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def database(compose: Compose, password: str | None) -> URL:
    """The URL of the database on this machine, for whoever knows this password."""
    port = int(compose.ports["5432"])
    return URL.create("postgresql+psycopg2", "tuner", password, "127.0.0.1", port, "tuner")


def store_url(compose: Compose) -> str:
    """The store's URL with its password."""
    return database(compose, compose.secret("postgres_password")).render_as_string(hide_password=False)
