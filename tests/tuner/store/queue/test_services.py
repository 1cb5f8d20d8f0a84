"""The services of a store: each is known by what it said last, until it says no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from tuner.store.queue.service_row import (
    SEEN_SECONDS,
    ServiceRow,
    forget_service,
    note_service,
    read_services,
)
from tuner.store.tables.creation import make_store
from tuner.store.tables.tuner_tables import services


@pytest.fixture
def engine(storage_url: str) -> Iterator[Engine]:
    engine = make_store(storage_url, ["score", "cost"])
    yield engine
    engine.dispose()


def service(name: str, *, silent: timedelta = timedelta(), leads: bool = False) -> ServiceRow:
    return ServiceRow(
        service=name,
        holder=f"process 7 on {name}",
        seen_at=datetime.now(UTC) - silent,
        leads=leads,
        devices={"1 CPU and 1 GPU": 8},
        running={"toy": 3},
    )


def note(engine: Engine, *rows: ServiceRow) -> None:
    with engine.begin() as connection:
        for row in rows:
            note_service(connection, row)


def seen(engine: Engine) -> list[ServiceRow]:
    with engine.connect() as connection:
        return read_services(connection)


def test_a_service_is_seen_as_it_said_last(engine: Engine) -> None:
    first = service("a")
    note(engine, first)
    assert seen(engine) == [first]
    last = replace(first, leads=True, running={"toy": 2, "other": 1}, seen_at=datetime.now(UTC))
    note(engine, last)
    assert seen(engine) == [last]


def test_the_one_that_leads_stands_first(engine: Engine) -> None:
    note(engine, service("c"), service("b", leads=True), service("a"))
    assert [row.service for row in seen(engine)] == ["b", "a", "c"]


def test_one_that_is_silent_is_not_seen(engine: Engine) -> None:
    silent = service("silent", silent=timedelta(seconds=SEEN_SECONDS + 1), leads=True)
    note(engine, silent, service("there"))
    assert [row.service for row in seen(engine)] == ["there"]
    note(engine, replace(silent, seen_at=datetime.now(UTC)))
    assert [row.service for row in seen(engine)] == ["silent", "there"]


def test_one_that_ends_is_forgotten_and_one_that_was_silent_for_days(engine: Engine) -> None:
    note(engine, service("lost", silent=timedelta(days=2)), service("a"), service("b"))
    with engine.begin() as connection:
        forget_service(connection, "a")
    assert [row.service for row in seen(engine)] == ["b"]
    note(engine, service("b"))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(services)) == 1
