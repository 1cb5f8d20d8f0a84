"""Engines: how many connections they give."""

from __future__ import annotations

from contextlib import ExitStack

from sqlalchemy import text

from tuner.store.tables.creation import make_store


def test_an_engine_gives_as_many_connections_as_are_held_at_once(storage_url: str) -> None:
    """Each study that a service drives holds one, for its lock and its writer."""
    engine = make_store(storage_url, ["score"])
    with ExitStack() as stack:
        held = [stack.enter_context(engine.connect()) for _ in range(18)]
        assert [connection.scalar(text("SELECT 1")) for connection in held] == [1] * 18
    engine.dispose()
