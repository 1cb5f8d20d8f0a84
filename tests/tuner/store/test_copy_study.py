"""A study that moves from one store to another is the same study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
from sqlalchemy import Engine

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.confirming import Counted, confirm_toy
from tests.tuner.driven import Driven, ask
from tests.tuner.launching import history, launch_toy
from tuner.errors import Conflict, UsageError
from tuner.store import copy_study as copying
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.copy_study import copy_study
from tuner.store.optuna_internals import PARENT_KEY
from tuner.store.reading.history_reader import read_history
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store
from tuner.study.outcome import Completed


@pytest.fixture
def launched_url(tmp_path: Path) -> str:
    """A store with a study that has ended, and one with a trial that its driver left running."""
    url = f"sqlite:///{tmp_path}/source.db"
    launch_toy(toy_config(trials=5), url, tmp_path)
    left = Driven(make_store(url, toy.metrics), toy_config(study="left"))
    with left.driving():
        ask(left)
    return url


def test_everything_is_copied_and_it_goes_on(launched_url: str, postgres_url: str, tmp_path: Path) -> None:
    source = StudyStore.open(launched_url).load("toy")
    assert copy_study("toy", launched_url, postgres_url, toy.metrics) == 5
    copied = StudyStore.open(postgres_url).load("toy")
    assert copied.config == source.config
    assert copied.folder_name == source.folder_name
    assert history(copied) == history(source)
    assert copied.reports() == source.reports()
    assert copied.front() == source.front()
    larger = launch_toy(toy_config(trials=7), postgres_url, tmp_path).study
    assert larger.remaining == 0
    assert len(StudyStore.open(launched_url).load("toy").records()) == 5


def test_its_confirmations_are_copied_and_not_trained_again(
    launched_url: str, postgres_url: str, tmp_path: Path
) -> None:
    confirm_toy(launched_url, tmp_path)
    before = confirmations_of(StudyStore.open(launched_url).load("toy"))
    launch_toy(toy_config(study="first there", trials=1), postgres_url, tmp_path)
    copy_study("toy", launched_url, postgres_url, toy.metrics)
    copied = confirmations_of(StudyStore.open(postgres_url).load("toy"))
    assert [replace(each, started_at=None, ended_at=before[0].ended_at) for each in copied] == [
        replace(each, started_at=None, ended_at=before[0].ended_at) for each in before
    ]
    assert copied
    again = Counted()
    confirm_toy(postgres_url, tmp_path, train=again)
    assert again.epochs == {}


def test_a_trial_that_was_left_running_goes_on_in_the_copy(
    launched_url: str, postgres_url: str, tmp_path: Path
) -> None:
    copy_study("left", launched_url, postgres_url, toy.metrics)
    states = [record.state for record in StudyStore.open(postgres_url).load("left").records()]
    assert states == ["FAIL", "WAITING"]


def test_a_generation_has_the_same_parents_in_the_copy(tmp_path: Path, postgres_url: str) -> None:
    sampler = {"name": "nsga2", "seed": 0, "population_size": 4}
    source, target = make_store(f"sqlite:///{tmp_path}/source.db", []), make_store(postgres_url, [])
    with Driven(target, toy_config(study="first there")).driving():
        pass
    optuna.load_study(study_name="first there", storage=postgres_url).enqueue_trial({})
    study = Driven(source, toy_config(trials=8, sampler=sampler))
    with study.driving():
        for _ in range(8):
            spec = ask(study)
            x = spec.params["x"]
            study.tell(spec, Completed({"score": 1 - x, "cost": x}))
    copy_study("toy", str(source.url), postgres_url, [])
    kept = [kept_with(source, "toy"), kept_with(target, "toy")]
    assert any(PARENT_KEY in key for key in kept[0])
    assert kept[0] == kept[1]


def kept_with(engine: Engine, name: str) -> Mapping[str, Any]:
    """What a study's sampler keeps with it; trials are named by their numbers."""
    with engine.connect() as connection:
        view = StudyStore(engine.url, engine).load(name)
        return read_history(connection, view.study_id).study_attributes


def test_a_name_that_is_taken_or_unknown_is_refused(launched_url: str, postgres_url: str) -> None:
    copy_study("toy", launched_url, postgres_url, toy.metrics)
    with pytest.raises(Conflict, match=r"study 'toy' in postgresql.* already; go on with it there"):
        copy_study("toy", launched_url, postgres_url, toy.metrics)
    with pytest.raises(Conflict, match="already"):
        copy_study("toy", launched_url, launched_url, toy.metrics)
    with pytest.raises(UsageError, match="there is no study 'other'"):
        copy_study("other", launched_url, postgres_url, toy.metrics)


def test_a_study_that_is_driven_is_refused(launched_url: str, postgres_url: str) -> None:
    study = Driven(make_store(launched_url, toy.metrics), toy_config(trials=5))
    with study.driving(), pytest.raises(Conflict, match="is driven by"):
        copy_study("toy", launched_url, postgres_url, toy.metrics)


def test_a_copy_that_was_cut_short_leaves_no_study_and_can_be_made_again(
    launched_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        assert StudyStore.open(postgres_url).studies() == []  # what `status` shows meanwhile
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "_copy_reports", killed)
    with pytest.raises(KeyboardInterrupt):
        copy_study("toy", launched_url, postgres_url, toy.metrics)
    assert "toy" not in StudyStore.open(postgres_url).names()
    monkeypatch.undo()
    assert copy_study("toy", launched_url, postgres_url, toy.metrics) == 5
    assert optuna.get_all_study_names(postgres_url) == ["toy"]
