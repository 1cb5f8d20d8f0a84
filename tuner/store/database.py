"""The database behind the study store: its URL, its engine, and its errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from tuner.errors import Unreachable, UsageError
from tuner.store.hints import hint_for

CONNECT_TIMEOUT_SECONDS = 10
STATEMENT_TIMEOUT_SECONDS = 60
LOCK_TIMEOUT_SECONDS = 30
KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""After how many silent seconds, how often and how many times each side asks whether the other is there."""

_NO_LIMIT = -1  # of connections: each study that a service drives holds one
_DROPPED = "57P04"
# SQLSTATE: connection, rolled back by another, resources (disk, memory, connections), operator, system;
# a read-only transaction and a lock that another holds for long.
_PASSING = re.compile("08...|40...|53...|57...|58...|25006|55P03")
# What no waiting mends, in the words of SQLite, and of Postgres to whom it does not let in.
_FINAL = re.compile(
    "no such |readonly database|malformed|not a database"
    "|password authentication failed|no password supplied|no pg_hba.conf entry|does not exist"
)
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
        raise UsageError(f"a study cannot be kept in {display_url(url)}; {ALLOWED}")
    if url.query:
        raise UsageError(
            f"the storage {display_url(url)}: an SQLite file takes no options; end it before the ?"
        )
    url = url.set(database=str(Path(url.database).expanduser()))
    if not Path(url.database or "").absolute().parent.is_dir():
        raise UsageError(f"the folder of the storage {url.database} does not exist; make it first")
    return url


def is_missing(url: URL) -> bool:
    """Whether the URL names an SQLite file that does not exist."""
    return url.drivername == "sqlite" and not Path(url.database or "").exists()


def display_url(url: URL) -> str:
    """The URL as it may be printed: without its password."""
    return url.difference_update_query(["password", "passfile", "sslpassword"]).render_as_string()


def make_engine(url: URL) -> Engine:
    """An engine for a reader, which leaves the database as it is."""
    return sqlalchemy.create_engine(url, **engine_options(url))


def engine_options(url: URL, *, unhurried: bool = False) -> dict[str, Any]:
    """What SQLAlchemy needs beside the URL.

    Args:
        url: the database's.
        unhurried: for what may take long, such as bringing tables up to date: no statement is cut short.
    """
    if url.drivername == "sqlite":
        return {"connect_args": {"timeout": 60}, "max_overflow": _NO_LIMIT}
    settings = {"timezone": "utc", "tcp_user_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s"}
    settings |= {f"tcp_{name}": str(value) for name, value in KEEPALIVES.items()}
    if not unhurried:
        settings |= {
            "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
            "lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s",
        }
    connect = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "application_name": "tuner",
        "keepalives": 1,
        **KEEPALIVES,
        "tcp_user_timeout": STATEMENT_TIMEOUT_SECONDS * 1000,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    return {
        "pool_pre_ping": True,
        "pool_size": 4,
        "max_overflow": _NO_LIMIT,
        "connect_args": connect,
        # Rows that are inserted or replaced travel together: each by itself would cost a round trip.
        "executemany_mode": "values_plus_batch",
    }


def set_up_sqlite(engine: Engine) -> None:
    """Sets up each connection to an SQLite file for one writer beside many readers."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def write_ahead(connection: Any, _record: Any) -> None:
        # Readers (the dashboard, a status) do not block the driver; a commit outlives the machine.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")


@contextmanager
def naming_outages(url: URL) -> Iterator[None]:
    """Turns an error of the database inside the block into one line for the user.

    Raises:
        Unreachable: the database does not answer, or refuses.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise Unreachable(unusable(display_url(url), cause_of(error))) from error


def unusable(database: str, cause: str) -> str:
    """Return the line that says why a database cannot be used, and what to do about it."""
    return f"the database {database} cannot be used: {cause}; {hint_for(cause)}"


def cause_of(error: BaseException) -> str:
    """The first line of the database's own message, without what was wrapped around it."""
    while not isinstance(error, DBAPIError) and error.__cause__ is not None:
        error = error.__cause__
    original = error.orig if isinstance(error, DBAPIError) else error
    return (str(original).strip() or type(original).__name__).splitlines()[0]


def is_outage(error: BaseException) -> bool:
    """Whether the call may succeed later: the database is away or refuses for now, not the call wrong."""
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "pgcode", None)
    if code:
        return code != _DROPPED and _PASSING.fullmatch(code) is not None
    if error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError) and not _FINAL.search(str(error.orig))
