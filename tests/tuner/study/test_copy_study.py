"""A study that moves from one store to another is the same study."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.driven import Driven
from tests.tuner.launching import history, launch_toy
from tuner.errors import Conflict, UsageError
from tuner.study import copy_study as copying
from tuner.study.copy_study import copy_study
from tuner.study.open_study import make_store
from tuner.study.store.reading.reader import StudyStore


@pytest.fixture
def launched_url(tmp_path: Path) -> str:
    """A store with a study that has ended, and one with a trial that its driver left running."""
    url = f"sqlite:///{tmp_path}/source.db"
    launch_toy(toy_config(trials=5), url, tmp_path)
    study = Driven(make_store(url, toy.metrics), toy_config(study="left"))
    with study.driving():
        study.ask(tmp_path)
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


def test_a_trial_that_was_left_running_goes_on_in_the_copy(
    launched_url: str, postgres_url: str, tmp_path: Path
) -> None:
    copy_study("left", launched_url, postgres_url, toy.metrics)
    states = [record.state for record in StudyStore.open(postgres_url).load("left").records()]
    assert states == ["FAIL", "WAITING"]


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
