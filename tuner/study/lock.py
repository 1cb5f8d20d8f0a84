"""One driver a study, and one process at a time that makes tables.

A Postgres advisory lock, or a file lock beside the SQLite file: both end with the process that holds
them, however it ends, so a lock never outlives its holder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text


class Locked(Exception):  # noqa: N818 - a state, which the store turns into a Conflict with the holder's name
    """Another process holds the lock."""


@contextmanager
def exclusive(engine: Engine, purpose: str, *, wait: bool) -> Iterator[None]:
    """Holds the lock of this purpose, in this database, for as long as the block runs.

    Raises:
        Locked: another process holds it, and `wait` is false.
    """
    lock = _advisory_lock if engine.dialect.name == "postgresql" else _file_lock
    with lock(engine, hashlib.sha256(purpose.encode()).digest(), wait):
        yield


@contextmanager
def _advisory_lock(engine: Engine, digest: bytes, wait: bool) -> Iterator[None]:
    key = {"key": int.from_bytes(digest[:8], "big", signed=True)}
    # A connection of its own, outside any transaction: the lock lives as long as this session does.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
        elif not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
            raise Locked
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@contextmanager
def _file_lock(engine: Engine, digest: bytes, wait: bool) -> Iterator[None]:
    database = Path(engine.url.database or "")
    lock = FileLock(database.with_name(f"{database.name}.{digest.hex()[:12]}.lock"))
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        raise Locked from None
    try:
        yield
    finally:
        lock.release()
