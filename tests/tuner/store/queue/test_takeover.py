"""A service that leads and falls silent loses its sessions to the one that stands by, and notices it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from tuner.errors import Conflict, Unreachable
from tuner.store import lock
from tuner.store.queue import leadership, takeover
from tuner.store.queue.leadership import Leadership, leading
from tuner.store.queue.service_row import ServiceRow, note_service, read_services
from tuner.store.queue.takeover import SILENT_LOOKS, SilentLeader, name_sessions
from tuner.store.tables.creation import make_store

STUDY = lock.driver_purpose(1)


def row(service: str, *, leads: bool = False) -> ServiceRow:
    return ServiceRow(service, f"process of {service}", datetime.now(UTC), leads=leads)


@pytest.fixture
def services(postgres_url: str) -> Iterator[Callable[[str], Engine]]:
    """Makes the engine of a service of this name."""
    with ExitStack() as stack:

        def make(service: str) -> Engine:
            engine = make_store(postgres_url, ["score"])
            stack.callback(engine.dispose)
            name_sessions(engine, service)
            return engine

        yield make


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leadership, "LOOK_SECONDS", 0.02)


def leads(engine: Engine, stack: ExitStack) -> Leadership:
    """A service that leads, and has said so."""
    led = stack.enter_context(leading(engine, lambda: row("first"), lambda: False, print))
    assert led is not None
    led.look(row("first", leads=True))
    return led


def looks(
    engine: Engine, watch: SilentLeader, between: Callable[[], object] = int
) -> list[ServiceRow | None]:
    """What so many looks find that a silent leader would be dead."""
    found = []
    for _ in range(SILENT_LOOKS + 1):
        between()
        with engine.begin() as connection:
            found.append(watch.look(connection))
    return found


def test_one_that_is_silent_loses_queue_and_studies_at_once(services: Callable[[str], Engine]) -> None:
    first, second, said = services("first"), services("second"), list[str]()
    with ExitStack() as stack:
        led = leads(first, stack)
        stack.enter_context(lock.exclusive(first, STUDY, wait=False))
        with leading(second, lambda: row("second"), lambda: False, said.append) as follows:
            assert follows is not None
            assert said[-1] == "takes over from process of first, which has been silent"
            with lock.exclusive(second, STUDY, wait=False):
                with pytest.raises(Unreachable):  # its session has ended
                    led.look(row("first", leads=True))
                with pytest.raises(Conflict, match="another service drives the queue"):
                    led.look(row("first", leads=True))
            follows.look(row("second", leads=True))
            with second.connect() as connection:
                assert [each.service for each in read_services(connection)] == ["second"]


def test_one_that_speaks_goes_on_leading(services: Callable[[str], Engine]) -> None:
    first, second = services("first"), services("second")
    with ExitStack() as stack:
        led = leads(first, stack)
        found = looks(second, SilentLeader(), lambda: led.look(row("first", leads=True)))
        assert not any(found)


def test_who_was_away_does_not_judge(
    services: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was stopped, or without the database, has not heard the leader because of that."""
    monkeypatch.setattr(takeover, "_GAP_SECONDS", 0.0)
    first, second = services("first"), services("second")
    with ExitStack() as stack:
        led = leads(first, stack)
        assert not any(looks(second, SilentLeader()))
        led.look(row("first", leads=True))


def test_no_session_of_others_is_ended(services: Callable[[str], Engine], postgres_url: str) -> None:
    first, second, other = services("first"), services("second"), make_store(postgres_url, ["score"])
    with ExitStack() as stack:
        leads(first, stack)
        with other.connect() as a_launch, services("third").connect() as stands_by:
            found = looks(second, SilentLeader())
            assert [each.service for each in found if each] == ["first"]
            for connection in (a_launch, stands_by):
                assert connection.scalar(text("SELECT 1")) == 1
    other.dispose()


def test_the_silence_of_one_that_is_gone_ends_nobody(services: Callable[[str], Engine]) -> None:
    """What a killed service said last stands beside what the one that leads now says."""
    first, second = services("first"), services("second")
    with ExitStack() as stack:
        led = leads(first, stack)
        with second.begin() as connection:
            note_service(connection, row("killed", leads=True))
        assert not any(looks(second, SilentLeader(), lambda: led.look(row("first", leads=True))))


def test_beside_a_file_nobody_is_ended(sqlite_url: str) -> None:
    engine = make_store(sqlite_url, ["score"])
    name_sessions(engine, "first")
    with engine.begin() as connection:
        note_service(connection, row("first", leads=True))
    assert not any(looks(engine, SilentLeader()))
    engine.dispose()
