"""Databases for measuring: an SQLite file, and Postgres servers of our own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.chaos.server import Server

SQLITE, POSTGRES = "SQLite", "Postgres"


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server that runs for as long as the block does."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:  # its socket needs a short path
        server = Server(Path(folder))
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of an empty database of this kind, which ends with the block."""
    if kind == POSTGRES:
        with postgres_server() as server:
            yield server.url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/store.db"
