"""One driver a study, and one process at a time that makes tables.

A Postgres advisory lock, or a file lock beside the SQLite file: both end with the process that holds
them, however it ends, so a lock never outlives its holder. A driver's writes do not rely on it: each is
fenced by the driver's token (`writer.py`). The lock is what refuses a second driver.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import DBAPIError

from tuner.errors import Unreachable

# A process id alone does not tell one session from the next: a server that starts anew counts anew.
_SESSION = text("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
_END = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE pid = :pid AND backend_start = :backend_start"
)
_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

_TRIES, _TRY_SECONDS = 4, 0.05  # a reader that looks whether a file is locked holds it for a moment


class Locked(Exception):  # noqa: N818 - a state, which the store turns into a Conflict with the holder's name
    """Another process holds the lock."""


class Replaced(Unreachable):
    """The SQLite file was deleted or replaced; what is written into the old one is lost."""


class Lock(Protocol):
    """A lock that this process holds, and the connection that holds it."""

    @property
    def connection(self) -> Connection:
        """The connection; who writes under the lock writes with it."""

    def check(self) -> None:
        """Raise Replaced if what is written now would be lost; quick."""

    def take_again(self) -> None:
        """Take the lock again after the connection was lost, or raise Locked if another process has it."""


def driver_purpose(study_id: int) -> str:
    """Return the purpose of the lock of a study's driver; others may change the study's name."""
    return f"driver of study {study_id}"


@contextmanager
def exclusive(engine: Engine, purpose: str, *, wait: bool) -> Iterator[Lock]:
    """Hold the lock of this purpose, in this database, for as long as the block runs.

    Raises:
        Locked: another process holds it, and `wait` is false.
        Unreachable: the lock file beside an SQLite file cannot be written.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            held: _AdvisoryLock | _FileLock = _AdvisoryLock(connection, _digest(purpose), wait=wait)
        else:
            held = _FileLock(connection, _digest(purpose), wait=wait)
        try:
            yield held
        finally:
            held.release()


def same_file(engine: Engine) -> Callable[[], None]:
    """Return what raises Replaced once the SQLite file of this engine is another than now, or is gone."""
    if engine.dialect.name == "postgresql":
        return lambda: None
    database = Path(engine.url.database or "").resolve()
    return partial(_check_same, database, _identity(database))


def is_held(engine: Engine, purpose: str) -> bool:
    """Return whether a process holds the lock of this purpose, without taking it."""
    return bool(held(engine, [purpose]))


def held(engine: Engine, purposes: Iterable[str]) -> set[str]:
    """Return those purposes whose lock a process holds, without taking any, in one statement."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            keys = set(connection.scalars(_HELD))
            return {purpose for purpose in purposes if _key(_digest(purpose)) in keys}
        database = _database(connection)
    return {purpose for purpose in purposes if _is_locked(_lock_file(database, _digest(purpose)))}


class _AdvisoryLock:
    """A lock of the connection's session: a new session has to take it anew."""

    def __init__(self, connection: Connection, digest: bytes, *, wait: bool) -> None:
        self.connection = connection
        self._key = {"key": _key(digest)}
        if wait:
            # Whoever holds it may bring tables up to date, which has all the time it needs.
            connection.execute(text("SET statement_timeout = 0; SET lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), self._key)
            connection.execute(text("RESET statement_timeout; RESET lock_timeout"))
        elif not connection.scalar(_TAKE, self._key):
            raise Locked
        self._session: Row[Any] = connection.execute(_SESSION).one()
        connection.commit()

    def check(self) -> None:
        """Nothing: what is written is fenced, and what cannot be written is an outage."""

    def take_again(self) -> None:
        self.connection.rollback()
        now = self.connection.execute(_SESSION).one()
        if now != self._session and not self._take():
            # A server that was cut off from us may not know yet that our old session is over.
            self.connection.execute(_END, dict(self._session._mapping))
            if not self._take():
                self.connection.rollback()
                raise Locked
        self._session = now
        self.connection.commit()

    def _take(self) -> bool:
        return bool(self.connection.scalar(_TAKE, self._key))

    def release(self) -> None:
        with suppress(DBAPIError):  # a session that is gone has taken its lock with it
            self.connection.rollback()
            self.connection.execute(text("SELECT pg_advisory_unlock(:key)"), self._key)
            self.connection.commit()


class _FileLock:
    """A lock of a file beside the database's, which goes with the lock."""

    def __init__(self, connection: Connection, digest: bytes, *, wait: bool) -> None:
        self.connection = connection
        self._database = _database(connection)
        self._path = _lock_file(self._database, digest)
        try:
            self._descriptor = _locked(self._path, wait=wait)
        except OSError as error:
            raise Unreachable(f"the lock {self._path} cannot be taken: {error.strerror}") from error
        self._identity = _identity(self._database)

    def check(self) -> None:
        """What is written into a deleted file is lost without a word."""
        _check_same(self._database, self._identity)

    def take_again(self) -> None:
        """The lock is ours until this process ends."""
        self.connection.rollback()

    def release(self) -> None:
        with suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)


def _check_same(database: Path, identity: tuple[int, int] | None) -> None:
    if identity is None or _identity(database) != identity:
        raise Replaced(
            f"the database {database} was deleted or replaced while it was in use; "
            f"put it back, and run the same command again"
        )


def _locked(path: Path, *, wait: bool) -> int:
    """Return the descriptor of a locked file: the one that has the path, which may be another by now."""
    tries_left = _TRIES
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(descriptor)
            tries_left -= 1
            if not tries_left:
                raise Locked from None
            time.sleep(_TRY_SECONDS)
            continue
        opened = os.fstat(descriptor)
        if _identity(path) == (opened.st_dev, opened.st_ino):
            return descriptor
        os.close(descriptor)


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _identity(file: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None if there is none."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _database(connection: Connection) -> Path:
    return Path(connection.engine.url.database or "").resolve()  # two names of one file are one store


def _lock_file(database: Path, digest: bytes) -> Path:
    return database.with_name(f"{database.name}.{digest.hex()[:12]}.lock")


def _digest(purpose: str) -> bytes:
    return hashlib.sha256(purpose.encode()).digest()


def _key(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
