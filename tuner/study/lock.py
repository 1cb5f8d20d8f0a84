"""One driver a study, and one process at a time that makes tables.

A Postgres advisory lock, or a file lock beside the SQLite file: both end with the process that holds
them, however it ends, so a lock never outlives its holder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from tuner.errors import Conflict, Unreachable

_SESSION = text("SELECT pg_backend_pid()")


class Locked(Exception):  # noqa: N818 - a state, which the store turns into a Conflict with the holder's name
    """Another process holds the lock."""


Hold = Callable[[], None]
"""Makes sure that the lock is still held; takes it again if the database dropped it, or raises Locked."""


@contextmanager
def exclusive(engine: Engine, purpose: str, *, wait: bool) -> Iterator[Hold]:
    """Holds the lock of this purpose, in this database, for as long as the block runs.

    Raises:
        Conflict: by the hold, where an SQLite file was deleted or replaced.
        Locked: another process holds it, and `wait` is false.
        Unreachable: the lock file beside an SQLite file cannot be written.
    """
    lock = _advisory_lock if engine.dialect.name == "postgresql" else _file_lock
    with lock(engine, hashlib.sha256(purpose.encode()).digest(), wait) as hold:
        yield hold


@contextmanager
def _advisory_lock(engine: Engine, digest: bytes, wait: bool) -> Iterator[Hold]:
    key = {"key": int.from_bytes(digest[:8], "big", signed=True)}
    taken = text("SELECT pg_try_advisory_lock(:key)")
    # A connection of its own, outside any transaction: the lock lives as long as this session does.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
        elif not connection.scalar(taken, key):
            raise Locked

        session = connection.scalar(_SESSION)

        def hold() -> None:
            nonlocal session
            try:
                now = connection.scalar(_SESSION)
            except OperationalError:
                connection.rollback()  # what follows connects anew
                now = connection.scalar(_SESSION)
            # A new session has none of the locks of the old one.
            if now != session and not connection.scalar(taken, key):
                raise Locked
            session = now

        try:
            yield hold
        finally:
            with suppress(OperationalError):  # a session that is gone has taken its lock with it
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@contextmanager
def _file_lock(engine: Engine, digest: bytes, wait: bool) -> Iterator[Hold]:
    database = Path(engine.url.database or "").resolve()  # two names of one file are one store
    lock = FileLock(database.with_name(f"{database.name}.{digest.hex()[:12]}.lock"))
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        raise Locked from None
    except OSError as error:
        raise Unreachable(f"the lock {lock.lock_file} cannot be taken: {error.strerror}") from error
    file = _identity(database)

    def hold() -> None:
        # The lock is ours until this process ends, but writing goes on into a file that has lost its name.
        if _identity(database) != file:
            raise Conflict(
                f"the storage's file {database} was deleted or replaced while a study was driven; "
                "put it back, from a backup if need be, and run the same command again"
            )

    try:
        yield hold
    finally:
        lock.release()


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
