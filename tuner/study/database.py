"""The database behind the study store: its URL, its engine, and what it says when it is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from tuner.errors import Unreachable, UsageError
from tuner.study.remedies import remedy_for

CONNECT_TIMEOUT_SECONDS = 10
_FINAL = (
    "no such ",
    "readonly database",
    "malformed",
    "not a database",
)  # what no waiting mends, in SQLite's words
ALLOWED = "allowed: sqlite:///FILE or postgresql+psycopg2://USER@HOST/DATABASE"


def parse_url(storage: str) -> URL:
    """The storage's URL, with the database driver that this project ships.

    Raises:
        UsageError: it is no URL, or of a database that is neither Postgres nor an SQLite file.
    """
    try:
        url = make_url(storage)
    except (ArgumentError, ValueError):
        # The text is not repeated: what is no URL may still hold a password.
        raise UsageError(f"the storage is not a database URL; {ALLOWED}") from None
    if "@" in (url.host or ""):
        raise UsageError(f"the storage's password holds an @; write it as %40; {ALLOWED}")
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg2"):
        return url.set(drivername="postgresql+psycopg2")
    if url.drivername != "sqlite" or not url.database or url.database.startswith((":memory:", "file:")):
        raise UsageError(f"a study cannot be kept in {shown(url)}; {ALLOWED}")
    if not Path(url.database).absolute().parent.is_dir():
        raise UsageError(f"the folder of the storage {url.database} does not exist; make it first")
    return url


def shown(url: URL) -> str:
    """The URL as it may be printed: without its password."""
    return url.difference_update_query(["password", "passfile", "sslpassword"]).render_as_string()


def make_engine(url: URL) -> Engine:
    """An engine for a reader, which leaves the database as it is."""
    return sqlalchemy.create_engine(url, **engine_options(url))


def engine_options(url: URL) -> dict[str, Any]:
    """What SQLAlchemy needs beside the URL."""
    if url.drivername == "sqlite":
        return {"connect_args": {"timeout": 60}}
    connect = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "application_name": "tuner",
        "keepalives_idle": 30,
        "options": "-c timezone=utc",
    }
    return {"pool_pre_ping": True, "pool_size": 4, "connect_args": connect}


def set_up_sqlite(engine: Engine) -> None:
    """Sets up each connection to an SQLite file for one writer beside many readers."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def write_ahead(connection: Any, _record: Any) -> None:
        # Readers (the dashboard, a status) do not block the driver, and a killed driver loses no commit.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")


@contextmanager
def naming_outages(url: URL) -> Iterator[None]:
    """Turns what the database says inside the block into one line for the user.

    Raises:
        Unreachable: the database does not answer, or refuses.
    """
    try:
        yield
    except SQLAlchemyError as error:
        said = cause_of(error)
        raise Unreachable(f"the database {shown(url)} cannot be used: {said}; {remedy_for(said)}") from error


def cause_of(error: BaseException) -> str:
    """The first line of what the database itself said, under all that was wrapped around it."""
    while not isinstance(error, DBAPIError) and error.__cause__ is not None:
        error = error.__cause__
    said = error.orig if isinstance(error, DBAPIError) else error
    return (str(said).strip() or type(said).__name__).splitlines()[0]


def is_outage(error: BaseException) -> bool:
    """Whether the call may succeed later: the database is away, not the call wrong."""
    said = str(error)
    return isinstance(error, OperationalError | InterfaceError) and not any(word in said for word in _FINAL)
