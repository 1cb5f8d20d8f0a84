"""Trials queued from the command line, and studies that are enlarged."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.own import write_example
from tests.tuner.test_cli import run
from tuner.store.reading.reader import StudyStore
from tuner.study.trial import Train

BRANCHES = {
    "search": "one_of",
    "options": [{"name": "a", "y": {"search": "int", "low": 1, "high": 9}}, {"name": "b"}],
}


def test_a_queued_trial_comes_first_and_lacks_nothing(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    launch_toy(toy_config(trials=2, kind=BRANCHES), storage_url, tmp_path)
    monkeypatch.setenv("TUNER_STORAGE", storage_url)
    assert run("enqueue", "toy", "kind=a", "kind.a.y=3", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().out.startswith("queued trial 2 of toy; to run it: python -m tuner resume ")
    launch_toy(toy_config(trials=4, kind=BRANCHES), storage_url, tmp_path)
    records = StudyStore.open(storage_url).load("toy").records()
    assert len(records) == 4
    assert records[2].params["kind"] == "a"
    assert records[2].params["kind.a.y"] == 3
    assert 0 <= records[2].params["x"] <= 1


def test_a_trial_is_queued_while_the_study_runs(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.tuner import toy

    queued: list[int] = []

    def train(spec: object) -> object:
        if not queued:
            queued.append(run("enqueue", "toy", "x=0.125", monkeypatch=monkeypatch))
        return toy.train(spec)  # type: ignore[arg-type]

    trainer: Train = train  # type: ignore[assignment]
    monkeypatch.setenv("TUNER_STORAGE", storage_url)
    slow = toy_config(trials=8, epoch_seconds=0.2)  # the driver looks once a second
    launch_toy(slow, storage_url, tmp_path, train=trainer)
    assert queued == [0]
    assert capsys.readouterr().err.endswith("queued trial 1 of toy\n")  # printed inside of a training
    records = StudyStore.open(storage_url).load("toy").records()
    assert [record.params["x"] == 0.125 for record in records].count(True) == 1
    assert len(records) == 8


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["y=1"], "parameter y: the search space has no parameter y; allowed: x"),
        (["x=7"], "parameter x: x is 7, which the search space does not hold"),
        (["x"], "parameter 'x': expected name=value, such as x=0.2"),
        (["x=0.1", "x=0.2"], "parameter 'x=0.2': x is given twice"),
        (["x=[1"], "parameter 'x=[1': "),
    ],
)
def test_what_the_space_does_not_hold_is_refused(
    words: list[str],
    message: str,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path)
    assert run("enqueue", "toy", *words, "--storage", sqlite_url, monkeypatch=monkeypatch) == 2
    assert capsys.readouterr().err.startswith(message)
    assert len(StudyStore.open(sqlite_url).load("toy").records()) == 1


def test_more_adds_to_the_trials_that_have_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    launch = ("launch", file, "budget={trials: 2, epochs: 2}", "--serial", "--allow-code")
    assert run(*launch, "--more", "3", monkeypatch=monkeypatch) == 2
    assert "there is no study store in" in capsys.readouterr().err
    assert run(*launch, monkeypatch=monkeypatch) == 0
    assert run(*launch, "--more", "1", monkeypatch=monkeypatch) == 0
    assert run("resume", "nca-wine", "--more", "2", "--serial", "--allow-code", monkeypatch=monkeypatch) == 0
    view = StudyStore.open(f"sqlite:///{tmp_path}/tuner.db").load("nca-wine")
    assert view.count("COMPLETE", "PRUNED") == 5
    assert view.config.budget.trials == 5


@pytest.mark.parametrize(
    ("sampler", "more", "message"),
    [
        ({"name": "tpe"}, 2**53, "--more: budget.trials: 9007199254740994: must be at most 9007199254740992"),
        (
            {"name": "grid"},
            1,
            "--more: sampler.name: grid has 2 points, budget.trials is 3; set budget.trials",
        ),
    ],
)
def test_more_than_a_study_can_have_is_refused_and_not_stored(
    sampler: dict[str, str],
    more: int,
    message: str,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    space = {"search": "categorical", "choices": [0.2, 0.3]}
    launch_toy(toy_config(trials=2, x=space, sampler=sampler), sqlite_url, tmp_path)
    words = ("resume", "toy", "--more", str(more), "--storage", sqlite_url)
    assert run(*words, monkeypatch=monkeypatch) == 2
    assert capsys.readouterr().err.startswith(message)
    assert StudyStore.open(sqlite_url).load("toy").config.budget.trials == 2


def test_what_a_launch_changes_is_said(sqlite_url: str, tmp_path: Path) -> None:
    def said_by(**changes: Any) -> str:
        said = io.StringIO()
        launch_toy(toy_config(**changes), sqlite_url, tmp_path, said=said)
        return said.getvalue()

    stopping = {"name": "median"}
    first = said_by(trials=2, epochs=2)
    assert "stored" not in first
    assert "met" not in first
    met = "study toy: its budget is met: 2 of 2 trials; raise it with: python -m tuner resume --more 10 toy"
    assert said_by(trials=2, epochs=2).startswith(f"{met}\n")
    lines = said_by(trials=3, epochs=3, early_stopping=stopping).splitlines()
    assert lines[:3] == [
        "study toy: budget.trials: 2 stored, 3 from now on",
        "study toy: budget.epochs: 2 stored, 3 from now on; trials of different length will be compared; "
        "better give the study another name",
        'study toy: early_stopping.name: "none" stored, "median" from now on',
    ]
    fewer = said_by(trials=1, epochs=3, early_stopping=stopping)
    assert fewer.splitlines()[0] == "study toy: budget.trials: 3 stored, 1 from now on"
    assert fewer.splitlines()[1].startswith("study toy: its budget is met: 3 of 1 trial; raise it with: ")


def test_resume_takes_what_may_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    code = ("--serial", "--allow-code")
    assert run("launch", file, "budget={trials: 1, epochs: 2}", *code, monkeypatch=monkeypatch) == 0
    assert run("resume", "nca-wine", "budget.trials=3", *code, monkeypatch=monkeypatch) == 0
    assert "study nca-wine: budget.trials: 1 stored, 3 from now on" in capsys.readouterr().err
    view = StudyStore.open(f"sqlite:///{tmp_path}/tuner.db").load("nca-wine")
    assert (view.count("COMPLETE", "PRUNED"), view.config.budget.trials) == (3, 3)
    for override, message in {
        "train.seed=3": "a study goes on with what it began with, but for budget, early_stopping, enqueue, ",
        "budget.trails=3": "override 'budget.trails=3': budget.trails: unknown key; did you mean trials?",
        "budget.trials": "override 'budget.trials': expected key=value with a dotted key, such as budget.tr",
    }.items():
        assert run("resume", "nca-wine", override, *code, monkeypatch=monkeypatch) == 2
        assert message in capsys.readouterr().err
    assert StudyStore.open(f"sqlite:///{tmp_path}/tuner.db").load("nca-wine").config == view.config
