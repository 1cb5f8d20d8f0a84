"""The reference runner: every ending in its state, the budget exact, the same again after an interruption."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tuner import toy
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import fail_like_a_database, history, launch_toy
from tuner.errors import StudyFailed, Unreachable, UsageError
from tuner.store.writing.event_sql import EventSql
from tuner.study.trial import Report, TrialSpec


def test_every_trial_completes_and_the_front_is_shown(storage_url: str, tmp_path: Path) -> None:
    said = io.StringIO()
    launched = launch_toy(toy_config(trials=4), storage_url, tmp_path, said=said)
    assert [record.state for record in launched.study.records()] == ["COMPLETE"] * 4
    assert (launched.exit_code, launched.halted) == (0, None)
    assert [line.split("]")[0] for line in said.getvalue().splitlines()] == ["[1/4", "[2/4", "[3/4", "[4/4"]


@pytest.mark.parametrize(
    ("behaviour", "state", "reason"),
    [
        ("raises", "FAIL", "RuntimeError: the trainer broke"),
        ("silent", "FAIL", "the training ended without a report"),
        ("stops_short", "FAIL", "the training ended after epoch 1 without a result"),
        ("lacks_cost", "FAIL", "the result lacks cost; it has score"),
        ("not_a_number", "PRUNED", "not a finite result: score is nan"),
        ("diverges", "PRUNED", "diverged: loss is inf at epoch 2"),
    ],
)
def test_every_ending_has_its_state_and_reason(
    behaviour: str, state: str, reason: str, sqlite_url: str, tmp_path: Path
) -> None:
    choices = {"search": "categorical", "choices": [behaviour, "good"]}
    launched = launch_toy(toy_config(behaviour=choices, trials=8), sqlite_url, tmp_path)
    records = launched.study.records()
    ill = [record for record in records if record.params["behaviour"] == behaviour]
    assert ill
    assert {(record.state, record.attributes["reason"]) for record in ill} == {(state, reason)}
    assert sum(record.state in ("COMPLETE", "PRUNED") for record in records) == 8


def test_too_many_failures_end_the_launch(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StudyFailed, match=r"study 'toy': 3 trials failed; budget\.failures allows 2"):
        launch_toy(toy_config(behaviour="raises", failures=2), sqlite_url, tmp_path)


def test_failures_in_a_row_end_the_launch_with_a_line_a_reason(sqlite_url: str, tmp_path: Path) -> None:
    config = toy_config(behaviour="raises", failures_in_a_row=1)
    with pytest.raises(StudyFailed) as caught:
        launch_toy(config, sqlite_url, tmp_path)
    assert str(caught.value).splitlines() == [
        "study 'toy': 2 trials in a row failed; budget.failures_in_a_row allows 1; "
        "see: python -m tuner status toy",
        "  2 x RuntimeError: the trainer broke (trial 0, 1)",
    ]


def test_a_study_without_a_completed_trial_has_failed(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StudyFailed, match="no trial completed"):
        launch_toy(toy_config(behaviour="diverges", trials=2), sqlite_url, tmp_path)


def test_early_stopping_goes_on_where_the_last_launch_left_it(sqlite_url: str, tmp_path: Path) -> None:
    early_stopping = {"name": "asha", "reduction_factor": 2}
    straight = launch_toy(toy_config(trials=12, early_stopping=early_stopping), sqlite_url, tmp_path)
    url = f"sqlite:///{tmp_path}/parts.db"
    for trials in (3, 7, 12):
        parts = launch_toy(toy_config(trials=trials, early_stopping=early_stopping), url, tmp_path)
    assert history(parts.study) == history(straight.study)
    assert any(record.state == "PRUNED" for record in straight.study.records())


def test_sqlite_and_postgres_hold_the_same_study(sqlite_url: str, postgres_url: str, tmp_path: Path) -> None:
    config = toy_config(trials=12, early_stopping={"name": "median", "startup_trials": 2}, objectives=SINGLE)
    one = launch_toy(config, sqlite_url, tmp_path)
    other = launch_toy(config, postgres_url, tmp_path)
    assert history(one.study) == history(other.study)
    assert one.study.reports() == other.study.reports()


def test_a_met_budget_is_left_alone_and_a_larger_one_is_met(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=2), sqlite_url, tmp_path)
    assert len(launch_toy(toy_config(trials=2), sqlite_url, tmp_path).study.records()) == 2
    assert len(launch_toy(toy_config(trials=5), sqlite_url, tmp_path).study.records()) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_queues_what_runs_and_the_same_command_goes_on(
    number: signal.Signals, sqlite_url: str, tmp_path: Path
) -> None:
    def train(spec: TrialSpec) -> Iterator[Report]:
        for report in toy.train(spec):
            if (spec.number, report.epoch) == (1, 2):
                os.kill(os.getpid(), number)
            yield report

    config = toy_config(trials=3)
    launched = launch_toy(config, sqlite_url, tmp_path, train=train)
    assert (launched.exit_code, launched.halted) == (128 + number, f"interrupted by {number.name}")
    assert [record.state for record in launched.study.records()] == ["COMPLETE", "FAIL", "WAITING"]
    finished = launch_toy(config, sqlite_url, tmp_path)
    assert [epoch for origin, epoch, _ in finished.study.reports() if origin == 1] == [1, 2, 3, 4]
    straight = launch_toy(config, f"sqlite:///{tmp_path}/straight.db", tmp_path)
    assert finished.study.remaining == 0
    assert [record.values for record in finished.study.records() if record.values] == [
        record.values for record in straight.study.records()
    ]
    attempts = [record.attributes["attempt"] for record in finished.study.records()]
    assert set(attempts) == {1}


def test_hours_end_a_launch(sqlite_url: str, tmp_path: Path) -> None:
    launched = launch_toy(toy_config(trials=50, hours=1e-3, epoch_seconds=0.1), sqlite_url, tmp_path)
    assert launched.exit_code == 0
    assert launched.halted == "the 0.001 hours of budget.hours are over"
    assert 0 < launched.study.remaining < 50


def test_a_bad_corner_is_found_before_anything_is_made(tmp_path: Path, sqlite_url: str) -> None:
    behaviour = {"search": "categorical", "choices": ["good", "godo"]}
    with pytest.raises(UsageError, match=r"train\.behaviour.*unknown; allowed: good"):
        launch_toy(toy_config(behaviour=behaviour), sqlite_url, tmp_path)
    with pytest.raises(UsageError, match='"ari" is no metric'):
        launch_toy(toy_config(objectives=[{"metric": "ari", "direction": "maximize"}]), sqlite_url, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_fails_ends_the_launch_with_its_cause(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventSql, "_reported", fail_like_a_database)
    with pytest.raises(Unreachable, match=r"the database sqlite:///.*tuner\.db cannot be used: disk full"):
        launch_toy(toy_config(), sqlite_url, tmp_path)
    monkeypatch.undo()
    assert launch_toy(toy_config(), sqlite_url, tmp_path).study.remaining == 0
