"""A service whose SQLite file is deleted or replaced leads no longer, and none takes over in the old file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tuner.store.lock import Replaced
from tuner.store.queue import leadership
from tuner.store.queue.leadership import leading
from tuner.store.queue.service_row import ServiceRow
from tuner.store.tables.creation import make_store


@pytest.fixture
def engine(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(leadership, "LOOK_SECONDS", 0.02)
    engine = make_store(sqlite_url, ["score"])
    yield engine
    engine.dispose()


def row() -> ServiceRow:
    return ServiceRow("first", "process 7 on node-1", datetime.now(UTC), leads=True)


def delete(file: Path) -> None:
    file.rename(file.with_suffix(".old"))


def replace(file: Path) -> None:
    delete(file)
    file.touch()


@pytest.mark.parametrize("change", [delete, replace])
def test_the_one_that_leads_is_told(engine: Engine, tmp_path: Path, change: Callable[[Path], None]) -> None:
    with leading(engine, row, lambda: False, print) as led:
        assert led is not None
        led.look(row())
        change(tmp_path / "tuner.db")
        with pytest.raises(Replaced, match=r"tuner.db was deleted or replaced"):
            led.look(row())


@pytest.mark.parametrize("change", [delete, replace])
def test_the_one_that_stands_by_is_told(
    engine: Engine, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    with (
        leading(engine, row, lambda: False, print),
        pytest.raises(Replaced, match=r"tuner.db was deleted or replaced"),
        leading(engine, row, lambda: False, lambda _line: change(tmp_path / "tuner.db")),
    ):
        raise AssertionError("it must not lead")


def test_nobody_leads_without_a_file(engine: Engine, tmp_path: Path) -> None:
    with engine.connect():  # it goes back to the pool, and would still write into the old file
        delete(tmp_path / "tuner.db")
    with leading(engine, row, lambda: False, print) as led:
        assert led is not None
        with pytest.raises(Replaced):
            led.look(row())
