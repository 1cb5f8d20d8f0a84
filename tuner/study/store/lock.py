"""One driver a study, and one process at a time that makes tables.

A Postgres advisory lock, or a file lock beside the SQLite file: both end with the process that holds
them, however it ends, so a lock never outlives its holder.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import OperationalError

from tuner.errors import Unreachable

# A process id alone does not tell one session from the next: a server that starts anew counts anew.
_SESSION = text("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
_END = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE pid = :pid AND backend_start = :backend_start"
)
_IS_HELD = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (CAST(classid AS bigint) << 32) | CAST(objid AS bigint) = :key)"  # the two halves of a bigint's key
)
_TAKE = text("SELECT pg_try_advisory_lock(:key)")


class Locked(Exception):  # noqa: N818 - a state, which the store turns into a Conflict with the holder's name
    """Another process holds the lock."""


Hold = Callable[[], None]
"""Makes sure that the lock is still held; takes it again if the database dropped it, or raises Locked."""


@contextmanager
def exclusive(engine: Engine, purpose: str, *, wait: bool) -> Iterator[Hold]:
    """Holds the lock of this purpose, in this database, for as long as the block runs.

    Raises:
        Locked: another process holds it, and `wait` is false.
        Unreachable: the lock file beside an SQLite file cannot be written; by the hold: that file was
            deleted or replaced.
    """
    lock = _advisory_lock if engine.dialect.name == "postgresql" else _file_lock
    with lock(engine, _digest(purpose), wait) as hold:
        yield hold


def is_held(engine: Engine, purpose: str) -> bool:
    """Tell whether a process holds the lock of this purpose, in this database; nothing is made.

    A lock file is tried for a moment, shared with others who look: a driver that starts in this very
    moment would be refused.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return bool(connection.scalar(_IS_HELD, _key(_digest(purpose))))
    try:
        with _lock_file(engine, _digest(purpose)).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (FileNotFoundError, PermissionError):  # nobody took it yet, or this user cannot tell
        pass
    return False


def _digest(purpose: str) -> bytes:
    return hashlib.sha256(purpose.encode()).digest()


def _key(digest: bytes) -> dict[str, int]:
    return {"key": int.from_bytes(digest[:8], "big", signed=True)}


def _lock_file(engine: Engine, digest: bytes) -> Path:
    database = _database_file(engine)
    return database.with_name(f"{database.name}.{digest.hex()[:12]}.lock")


def _database_file(engine: Engine) -> Path:
    return Path(engine.url.database or "").resolve()  # two names of one file are one store


@contextmanager
def _advisory_lock(engine: Engine, digest: bytes, wait: bool) -> Iterator[Hold]:
    key = _key(digest)
    # A connection of its own, outside any transaction: the lock lives as long as this session does.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            # Whoever holds it may bring tables up to date, which has all the time it needs.
            connection.execute(text("SET statement_timeout = 0; SET lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
        elif not connection.scalar(_TAKE, key):
            raise Locked
        session = connection.execute(_SESSION).one()

        def hold() -> None:
            nonlocal session
            session = _held(connection, key, session)

        try:
            yield hold
        finally:
            with suppress(OperationalError):  # a session that is gone has taken its lock with it
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
                connection.execute(text("RESET statement_timeout; RESET lock_timeout"))


def _held(connection: Connection, key: dict[str, int], session: Row[Any]) -> Row[Any]:
    """The session that holds the lock now: the same one, or a new one that has taken it again.

    Raises:
        Locked: another process has taken it meanwhile.
    """
    connection.rollback()  # what follows connects anew, should the connection have been lost
    try:
        now = connection.execute(_SESSION).one()
    except OperationalError:
        connection.rollback()
        now = connection.execute(_SESSION).one()
    if now == session or connection.scalar(_TAKE, key):  # a new session has none of the locks of the old one
        return now
    # A server that was cut off from us may not know yet that our old session is over.
    if connection.execute(_END, dict(session._mapping)).scalar() and connection.scalar(_TAKE, key):
        return now
    raise Locked


@contextmanager
def _file_lock(engine: Engine, digest: bytes, wait: bool) -> Iterator[Hold]:
    database = _database_file(engine)
    lock = FileLock(_lock_file(engine, digest))
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        raise Locked from None
    except OSError as error:
        raise Unreachable(f"the lock {lock.lock_file} cannot be taken: {error.strerror}") from error
    held = _identity(database)

    def hold() -> None:
        # The lock is ours until this process ends. The database may go: what is written into a deleted
        # file is lost without a word.
        if _identity(database) != held:
            raise Unreachable(
                f"the database {database} was deleted or replaced while its study was driven; "
                f"put it back, and run the same command again"
            )

    try:
        yield hold
    finally:
        lock.release()


def _identity(file: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None if there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
