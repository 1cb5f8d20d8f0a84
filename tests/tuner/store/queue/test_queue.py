"""The queue: what is submitted stands in it, in order, once, until its study is gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from tests.tuner.configs import toy_config
from tuner.store.create_study import create_or_load
from tuner.store.queue.queue_writer import QueueOptions, ask_for, note_state, submit, this_user
from tuner.store.queue.queued_study import (
    DEFAULT_PRIORITY,
    QueuedStudy,
    State,
    read_queue,
    read_queued_study,
)
from tuner.store.reading.study_view import StudyView
from tuner.store.steering import delete_study, rename_study
from tuner.store.tables.creation import make_store, optuna_storage

ANY = QueueOptions()


@pytest.fixture
def engine(storage_url: str) -> Iterator[Engine]:
    engine = make_store(storage_url, ["score", "cost"])
    yield engine
    engine.dispose()


def made(engine: Engine, name: str = "toy") -> StudyView:
    return create_or_load(engine, toy_config(study=name))


def row_of(engine: Engine, study_id: int) -> QueuedStudy:
    with engine.connect() as connection:
        row = read_queued_study(connection, study_id)
    assert row is not None
    return row


def names(engine: Engine, *states: State) -> list[str]:
    with engine.connect() as connection:
        return [row.name for row in (read_queue(connection, states) if states else read_queue(connection))]


def test_a_submitted_study_has_who_when_and_defaults(engine: Engine) -> None:
    before, study = datetime.now(UTC), made(engine)
    assert submit(engine, study.study_id, ANY)
    row = row_of(engine, study.study_id)
    assert (row.study_id, row.name, row.state) == (study.study_id, "toy", "queued")
    assert (row.priority, row.max_devices, row.reason) == (DEFAULT_PRIORITY, None, None)
    assert row.submitted_by == this_user()
    assert row.submitted_at == row.changed_at
    assert before - timedelta(seconds=1) <= row.submitted_at <= datetime.now(UTC)


def test_a_study_that_was_never_submitted_is_in_no_queue(engine: Engine) -> None:
    study = made(engine)
    with engine.connect() as connection:
        assert read_queued_study(connection, study.study_id) is None
    assert not ask_for(engine, study.study_id, QueueOptions(priority=3))
    assert not note_state(engine, study.study_id, "stopped", of="queued")
    assert names(engine) == []


def test_one_that_is_queued_gets_other_wishes_and_keeps_its_place(engine: Engine) -> None:
    study = made(engine).study_id
    submit(engine, study, QueueOptions(priority=3, max_devices=2))
    before = row_of(engine, study)
    assert not submit(engine, study, ANY)
    assert row_of(engine, study) == before
    assert not submit(engine, study, QueueOptions(priority=7))
    assert ask_for(engine, study, QueueOptions(max_devices=0))
    after = row_of(engine, study)
    assert (after.priority, after.max_devices) == (7, None)
    assert (after.submitted_at, after.changed_at) == (before.submitted_at, before.changed_at)


@pytest.mark.parametrize("ended", ["stopped", "completed", "broken"])
def test_one_that_has_ended_is_queued_again(ended: State, engine: Engine) -> None:
    study = made(engine).study_id
    submit(engine, study, QueueOptions(priority=3, max_devices=2))
    assert note_state(engine, study, ended, "for a reason", of="queued")
    row = row_of(engine, study)
    assert (row.state, row.reason) == (ended, "for a reason")
    assert submit(engine, study, QueueOptions(max_devices=4))
    again = row_of(engine, study)
    assert (again.state, again.reason, again.priority, again.max_devices) == ("queued", None, 3, 4)
    assert again.submitted_at == row.submitted_at
    assert again.changed_at > row.changed_at


def test_a_state_is_noted_only_of_the_one_that_it_follows(engine: Engine) -> None:
    study = made(engine).study_id
    submit(engine, study, ANY)
    assert note_state(engine, study, "stopped", "its user stopped it", of="queued")
    before = row_of(engine, study)
    assert not note_state(engine, study, "completed", "too late", of="queued")
    assert row_of(engine, study) == before


def test_the_highest_priority_stands_first_then_the_oldest(engine: Engine) -> None:
    ids = {name: made(engine, name).study_id for name in "abcd"}
    for name, priority in {"b": 10, "a": 10, "d": 500, "c": 1}.items():
        submit(engine, ids[name], QueueOptions(priority=priority))
    assert names(engine) == ["d", "b", "a", "c"]
    note_state(engine, ids["b"], "broken", of="queued")
    ask_for(engine, ids["c"], QueueOptions(priority=1_000))
    assert names(engine, "queued") == ["c", "d", "a"]
    assert names(engine, "broken", "stopped") == ["b"]


def test_many_who_submit_a_study_at_once_make_one_place(engine: Engine) -> None:
    study = made(engine).study_id
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda _: submit(engine, study, ANY), range(8)))
    assert first.count(True) == 1
    assert names(engine) == ["toy"]


def test_a_deleted_study_is_in_no_queue(engine: Engine) -> None:
    study, other = made(engine), made(engine, "other")
    for each in (study, other):
        submit(engine, each.study_id, ANY)
    delete_study(study)
    assert names(engine) == ["other"]
    with engine.connect() as connection:
        assert read_queued_study(connection, study.study_id) is None


def test_a_new_study_has_no_place_of_one_that_other_programs_deleted(engine: Engine) -> None:
    # SQLite gives the id of the newest row that was deleted to the next one.
    study = made(engine)
    submit(engine, study.study_id, ANY)
    storage = optuna_storage(engine.url)
    storage.delete_study(study.study_id)
    storage.engine.dispose()
    assert names(engine) == []
    following = made(engine, "following")
    assert (following.study_id == study.study_id) == (engine.dialect.name == "sqlite")
    assert names(engine) == []


def test_a_renamed_study_keeps_its_place(engine: Engine) -> None:
    study = made(engine)
    submit(engine, study.study_id, ANY)
    rename_study(study, "another name")
    assert names(engine) == ["another name"]
