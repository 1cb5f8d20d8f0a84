"""The store as the dashboard reads it: nothing is made, nothing is changed, every outage is a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from optuna.exceptions import StorageInternalError
from optuna.study import StudyDirection
from sqlalchemy import create_engine, inspect

from tests.tuner.configs import toy_config
from tuner.errors import Unreachable, UsageError
from tuner.store.create_study import create_or_load
from tuner.store.database import parse_url
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.tables.creation import make_store


@pytest.fixture
def filled(storage_url: str) -> str:
    storage = make_store(storage_url, ["score"])
    create_or_load(storage, toy_config())
    storage.engine.dispose()
    return storage_url


def test_only_a_writable_store_is_written_to(filled: str) -> None:
    reading, writing = ReadingStore.open(filled).storage(), ReadingStore.open(filled, writable=True).storage()
    with pytest.raises(StorageInternalError):
        reading.create_new_study([StudyDirection.MINIMIZE], "another")
    with pytest.raises(StorageInternalError):
        reading.delete_study(1)
    writing.create_new_study([StudyDirection.MINIMIZE], "another")
    assert [study.study_name for study in reading.get_all_studies()] == ["toy", "another"]
    for storage in (reading, writing):
        storage.remove_session()
        storage.engine.dispose()


def test_a_study_is_found_by_its_name(filled: str) -> None:
    store = ReadingStore.open(filled)
    assert store.study_id("toy") == 1
    with pytest.raises(UsageError, match="there is no study 'none' in"):
        store.study_id("none")


def test_no_table_is_made(empty_postgres_url: str) -> None:
    store = ReadingStore.open(empty_postgres_url, writable=True)
    for ask in (store.check, store.storage, lambda: store.study_id("toy")):
        with pytest.raises(Unreachable, match="run: python -m tuner migrate"):
            ask()
    engine = create_engine(empty_postgres_url)
    assert not inspect(engine).get_table_names()
    engine.dispose()


def test_no_file_is_made(tmp_path: Path) -> None:
    file = tmp_path / "a #1 file.db"
    file.touch()
    store = ReadingStore.open(f"sqlite:///{file}", writable=True)
    with pytest.raises(Unreachable, match="run: python -m tuner migrate"):
        store.check()
    file.unlink()
    with pytest.raises(Unreachable, match="is away: unable to open database file"):
        ReadingStore(parse_url(f"sqlite:///{file}")).check()
    with pytest.raises(UsageError, match="launch or submit a study first"):
        ReadingStore.open(f"sqlite:///{file}")
    assert not list(tmp_path.iterdir())


def test_an_outage_does_not_show_the_password() -> None:
    store = ReadingStore.open("postgresql://tuner:correct-horse@127.0.0.1:9/tuner?password=battery")
    with pytest.raises(Unreachable, match=r"the database .* is away: .*[Cc]onnection refused") as raised:
        store.check()
    assert not any(word in str(raised.value) for word in ("correct-horse", "battery"))
