"""What is read of a study in sums, against slow sums over its trials; who drives it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import optuna
import pytest
from sqlalchemy import Engine, create_engine, text
from typer.testing import CliRunner

from benchmarks.filled_store import fill
from tests.tuner.configs import toy_config
from tests.tuner.driven import Driven
from tests.tuner.launching import launch_toy
from tuner.cli import app
from tuner.errors import UsageError
from tuner.results.status.shown import driver_line, reason_lines
from tuner.results.status.study_status import UNFINISHED, status_of, trials_of
from tuner.store import lock
from tuner.store.create_study import create_or_load
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store

TRIALS = 60


@pytest.fixture
def filled(storage_url: str) -> StudyView:
    """A study of completed, stopped and failed trials, and some that another program asked."""
    fill(storage_url, TRIALS)
    study = optuna.load_study(study_name="filled", storage=storage_url)
    study.tell(study.ask(), [2.0, -1.0])  # it would dominate all of ours
    study.tell(study.ask(), state=optuna.trial.TrialState.FAIL)
    study.enqueue_trial({"lsdim": 4})
    return StudyStore.open(storage_url).load("filled")


def dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Tell whether the first, of an objective to maximize and one to minimize, dominates the second."""
    return one != other and one[0] >= other[0] and one[1] <= other[1]


def test_sums_are_those_over_the_trials(filled: StudyView) -> None:
    summary, records = filled.summary(), filled.records()
    completed = [record for record in records if record.state == "COMPLETE"]
    states = [record.state for record in records]
    assert summary.states == {state: states.count(state) for state in set(states)}
    assert summary.states == {"COMPLETE": 42, "PRUNED": 12, "FAIL": 6, "WAITING": 1}
    assert (summary.done, summary.foreign) == (54, 2)
    assert (filled.count("COMPLETE", "PRUNED"), filled.remaining) == (54, TRIALS + 1 - 54)
    assert summary.numbers.tolist() == [record.number for record in completed]
    assert [tuple(row) for row in summary.values.tolist()] == [record.values for record in completed]
    assert summary.best() == {
        "map_at_r": max(record.values[0] for record in completed),
        "labelled_samples": min(record.values[1] for record in completed),
    }
    front = [one for one in completed if not any(dominates(two.values, one.values) for two in completed)]
    assert filled.front() == sorted(front, key=lambda record: -record.values[0])
    assert summary.front() == [record.number for record in front]


def test_trials_are_read_by_number(filled: StudyView) -> None:
    records = filled.records()
    assert filled.records([7, 3, 7]) == [records[3], records[7]]
    assert filled.records([]) == []


def test_a_stopped_or_failed_trial_has_its_reason(filled: StudyView) -> None:
    expected = [
        (record.number, {"PRUNED": "stopped", "FAIL": "failed"}[record.state], record.attributes["reason"])
        for record in filled.records()
        if record.state in ("PRUNED", "FAIL")
    ]
    trials = [each for each in trials_of(filled, UNFINISHED) if each["state"] != "waiting"]
    assert [(each["trial"], each["state"], each["reason"]) for each in trials] == expected
    assert reason_lines(trials)[:3] == [
        "trial  7  stopped  asha: 3rd of 4 at epoch 1",
        "trial  8  stopped  asha: 3rd of 4 at epoch 1",
        "trial  9  failed   RuntimeError: no luck",
    ]


def test_reports_are_those_of_the_first_attempt(filled: StudyView) -> None:
    changed(filled.engine, "INSERT INTO trial_user_attributes (trial_id, key, value_json) "
            "SELECT trial_id, 'retry_of', '3' FROM trials WHERE number = 5")  # fmt: skip
    reports = filled.reports()
    assert [number for number, _, _ in reports] == [0, 1, 2, 3, 4, 3, *range(6, TRIALS)]
    record = filled.records([3])[0]
    assert reports[3][1] == 1
    assert reports[3][2]["map_at_r"] == record.values[0]


def test_a_first_attempt_that_others_spoiled_is_named(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched = launch_toy(toy_config(trials=2), storage_url, tmp_path).study
    changed(launched.engine, "INSERT INTO trial_user_attributes (trial_id, key, value_json) "
            "SELECT trial_id, 'retry_of', '0' FROM trials WHERE number = 1")  # fmt: skip
    monkeypatch.setenv("TUNER_STORAGE", storage_url)
    for spoiled in ('"first"', "1.5", "null"):
        changed(launched.engine, "UPDATE trial_user_attributes "
                f"SET value_json = '{spoiled}' WHERE key = 'retry_of'")  # fmt: skip
        line = f"study 'toy': trial 1 has '{spoiled}' as its attribute retry_of, which is none of ours; write"
        for read in (launched.reports, launched.last_states):
            with pytest.raises(UsageError, match=re.escape(line)):
                read()
        ended = CliRunner().invoke(app, ["clean", "toy"])
        assert isinstance(ended.exception, UsageError)


def test_infinite_and_deleted_values(filled: StudyView) -> None:
    of_trial = "WHERE objective = 0 AND trial_id = (SELECT trial_id FROM trials WHERE number = {})"
    update = "UPDATE trial_values SET value = NULL, value_type = 'INF_POS' "
    changed(filled.engine, update + of_trial.format(0))
    changed(filled.engine, "DELETE FROM trial_values " + of_trial.format(1))
    summary = filled.summary()
    assert summary.best()["map_at_r"] == math.inf
    assert filled.records([0])[0].values[0] == math.inf
    assert 0 in summary.front()
    assert 1 not in summary.numbers.tolist()


def changed(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def test_a_study_without_trials(storage_url: str) -> None:
    create_or_load(make_store(storage_url, ["score"]), toy_config())
    study = StudyStore.open(storage_url).load("toy")
    summary = study.summary()
    assert (dict(summary.states), summary.best(), summary.front()) == ({}, {}, [])
    assert (study.front(), trials_of(study), study.reports(), study.remaining) == ([], [], [], 6)


def test_who_drives_a_study_is_told(storage_url: str, tmp_path: Path) -> None:
    study = Driven(make_store(storage_url, ["score"]), toy_config())
    files = sorted(tmp_path.iterdir())

    def line() -> str:
        view = StudyStore.open(storage_url).load("toy")
        return driver_line(status_of(view), "tuner resume toy")

    assert line() == "not driven; resume with: tuner resume toy"
    assert sorted(tmp_path.iterdir()) == files
    with study.driving():
        assert line().startswith("driven by process ")
        other = lock.driver_purpose(study.view.study_id + 1)
        assert not lock.is_held(study.view.engine, other)
    assert line() == "not driven; resume with: tuner resume toy"
    launch_toy(toy_config(), storage_url, tmp_path)
    assert line() == "not driven; its budget is met"


def test_a_lock_of_another_database_is_not_ours(postgres_url: str, empty_postgres_url: str) -> None:
    engines = [create_engine(url) for url in (postgres_url, empty_postgres_url)]
    for number in range(8):  # keys with either sign
        with lock.exclusive(engines[0], f"purpose {number}", wait=False):
            assert [lock.is_held(engine, f"purpose {number}") for engine in engines] == [True, False]
        assert not lock.is_held(engines[0], f"purpose {number}")
    for engine in engines:
        engine.dispose()


def test_objectives_whose_names_others_spoiled_are_numbered(storage_url: str) -> None:
    create_or_load(make_store(storage_url, ["score"]), toy_config())
    store = StudyStore.open(storage_url)
    assert [each.metric for each in store.load("toy").objectives] == ["score", "cost"]
    for names in ('["a"]', '["a", "a"]', "{", '["a", 1]', '"ab"'):
        changed(store.engine, f"UPDATE study_system_attributes SET value_json = '{names}'")
        objectives = store.load("toy").objectives
        assert [(each.metric, each.direction) for each in objectives] == [
            ("objective_0", "maximize"),
            ("objective_1", "minimize"),
        ]
