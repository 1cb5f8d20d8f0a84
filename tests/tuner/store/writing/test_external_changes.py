"""What other programs do to a study while it is driven: the dashboard, Optuna's command line, plain SQL."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState
from sqlalchemy import create_engine, text

from tests.acceptance.command_line import wait_until
from tests.tuner import toy
from tests.tuner.configs import RANGE, SINGLE, toy_config
from tests.tuner.driven import Driven, ask
from tests.tuner.launching import launch_toy
from tuner.errors import Conflict, Unreachable, UsageError
from tuner.results.status.study_status import status_of
from tuner.store.copy_study import copy_study
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store
from tuner.store.writing import writer
from tuner.study.events.external_changes import DELETED
from tuner.study.outcome import Completed, Failed
from tuner.study.trial import Report, TrialSpec

Outsider = Callable[[str], object]


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "LOOK_SECONDS", 0.02)


def sql(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def command_line(url: str, *words: str) -> None:
    """Optuna's own, in a process of its own."""
    said = subprocess.run(
        [str(Path(sys.executable).with_name("optuna")), *words, "--storage", url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr


def reported(url: str) -> set[tuple[int, int]]:
    return {row[:2] for row in StudyStore.open(url).load("toy").reports()}


def tampering(url: str, outsider: Outsider, at: int = 1) -> Callable[[TrialSpec], Iterator[Report]]:
    """The toy's training, in which an outsider acts after the second epoch of one trial."""

    def train(spec: TrialSpec) -> Iterator[Report]:
        for report in toy.train(spec):
            yield report
            if (spec.number, report.epoch) == (at, 2):
                wait_until(lambda: (at, 2) in reported(url))
                outsider(url)
                time.sleep(20 * writer.LOOK_SECONDS)  # the driver notices while the trial trains on

    return train


def launched(url: str, folder: Path, outsider: Outsider, **changes: object) -> tuple[StudyView, str]:
    said = io.StringIO()
    done = launch_toy(toy_config(**changes), url, folder, train=tampering(url, outsider), said=said)
    assert (done.exit_code, done.halted, done.unmet) == (0, None, None)
    return done.study, said.getvalue()


def states(study: StudyView) -> list[str]:
    return [record.state for record in study.records()]


def delete_study(url: str) -> None:
    optuna.delete_study(study_name="toy", storage=url)


def rename_as_the_dashboard_does(url: str) -> None:
    optuna.copy_study(from_study_name="toy", from_storage=url, to_storage=url, to_study_name="new")
    optuna.delete_study(study_name="toy", storage=url)


@pytest.mark.parametrize("outsider", [delete_study, rename_as_the_dashboard_does])
def test_a_study_that_is_deleted_ends_its_launch(
    outsider: Outsider, storage_url: str, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match=r"^study 'toy' was deleted while it was driven, or renamed") as raised:
        launch_toy(toy_config(), storage_url, tmp_path, train=tampering(storage_url, outsider))
    assert "\n" not in str(raised.value)
    assert "toy" not in StudyStore.open(storage_url).names()


def test_a_study_that_is_renamed_goes_on_under_its_new_name(storage_url: str, tmp_path: Path) -> None:
    def rename(url: str) -> None:
        sql(url, "UPDATE studies SET study_name = 'new name'")

    with pytest.raises(Conflict, match=r"'toy' was renamed to 'new name' .*tuner resume 'new name'$"):
        launch_toy(toy_config(), storage_url, tmp_path, train=tampering(storage_url, rename))
    stored = StudyStore.open(storage_url).load("new name")
    assert (stored.name, states(stored)) == ("new name", ["COMPLETE", "FAIL", "WAITING"])
    done = launch_toy(stored.config, storage_url, tmp_path).study
    assert (done.name, states(done)) == ("new name", ["COMPLETE", "FAIL", *["COMPLETE"] * 5])


def test_what_runs_in_a_study_that_is_renamed_is_interrupted(storage_url: str, tmp_path: Path) -> None:
    study = Driven(make_store(storage_url, ["score", "cost"]), toy_config())
    with pytest.raises(Conflict, match="renamed"), study.driving() as driven:  # noqa: PT012 - it ends there
        ask(study)
        sql(storage_url, "UPDATE studies SET study_name = 'new name'")
        study.see_external_changes()
        driven.interrupt_running("its study was renamed")
    stored = StudyStore.open(storage_url).load("new name")
    assert states(stored) == ["FAIL", "WAITING"]
    assert stored.records()[0].attributes["reason"] == "its study was renamed"


def test_a_study_that_is_renamed_is_still_driven_by_one(storage_url: str) -> None:
    study = Driven(make_store(storage_url, []), toy_config())
    with study.driving():
        sql(storage_url, "UPDATE studies SET study_name = 'new name'")
        renamed = Driven(make_store(storage_url, []), StudyStore.open(storage_url).load("new name").config)
        with pytest.raises(Conflict, match="is driven by process"), renamed.driving():
            pass


def test_a_study_renamed_in_the_dashboard_goes_on_as_its_copy(storage_url: str, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        launch_toy(
            toy_config(),
            storage_url,
            tmp_path,
            train=tampering(storage_url, rename_as_the_dashboard_does),
        )
    copy = StudyStore.open(storage_url).load("new")
    done = launch_toy(copy.config, storage_url, tmp_path).study
    assert done.records()[2].attributes["retry_of"] == 1
    assert states(done).count("COMPLETE") == 6
    assert "RUNNING" not in states(done)


def test_a_file_that_is_replaced_ends_its_launch(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "tuner.db"

    def replace(_url: str) -> None:
        file.rename(tmp_path / "away.db")
        file.touch()

    with pytest.raises(Unreachable, match=f"^the database {file} was deleted or replaced") as raised:
        launch_toy(toy_config(), sqlite_url, tmp_path, train=tampering(sqlite_url, replace))
    assert "\n" not in str(raised.value)


def tell(url: str) -> None:
    optuna.load_study(study_name="toy", storage=url).tell(1, [0.5, 0.25])


def tell_one(url: str) -> None:
    optuna.load_study(study_name="toy", storage=url).tell(1, 0.5)


def test_an_identity_that_would_lead_elsewhere_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    Driven(make_store(sqlite_url, []), toy_config()).optuna_study.set_user_attr("identity", "/../../x")
    with pytest.raises(UsageError, match=r"study 'toy': its attribute identity is '/\.\./\.\./x'"):
        launch_toy(toy_config(), sqlite_url, tmp_path / "inner")
    assert not (tmp_path / "x").exists()


def tell_by_command(url: str) -> None:
    command_line(url, "tell", "--study-name", "toy", "--trial-number", "1", "--values", "0.5", "0.25")


def fail(url: str) -> None:
    optuna.load_study(study_name="toy", storage=url).tell(1, state=TrialState.FAIL)


@pytest.mark.parametrize(
    ("outsider", "state", "values"),
    [
        (tell_by_command, "COMPLETE", (0.5, 0.25)),
        (fail, "FAIL", ()),
    ],
)
def test_a_trial_told_by_others_is_stopped_and_stays_as_they_told_it(
    outsider: Outsider, state: str, values: tuple[float, ...], storage_url: str, tmp_path: Path
) -> None:
    study, said = launched(storage_url, tmp_path, outsider)
    told = study.records()[1]
    assert (told.state, told.values) == (state, values)
    assert "score" not in told.attributes
    assert {epoch for origin, epoch, _ in study.reports() if origin == 1} == {1, 2}
    assert sum(state in ("COMPLETE", "PRUNED") for state in states(study)) == 6
    assert "trial 1: another program ended it\n" in said


def test_a_trial_told_by_others_in_a_study_of_one_objective(storage_url: str, tmp_path: Path) -> None:
    study, _ = launched(storage_url, tmp_path, tell_one, objectives=SINGLE)
    assert study.records()[1].values == (0.5,)
    assert states(study) == ["COMPLETE"] * 6


def test_what_is_told_in_the_last_epoch_stays_too(storage_url: str) -> None:
    study = Driven(make_store(storage_url, ["score", "cost"]), toy_config(trials=1))
    with study.driving() as driven:
        spec = ask(study)
        assert states(study.view) == ["RUNNING"]
        optuna.load_study(study_name="toy", storage=storage_url).tell(0, [0.5, 0.25])
        study.tell(spec, Completed({"score": 0.9, "cost": 0.1}))
        assert [change.number for change in study.see_external_changes()] == [0]
        assert (study.ask(), driven.remaining) == (None, 0)
    assert [(each.values, "score" in each.attributes) for each in study.view.records()] == [
        ((0.5, 0.25), False)
    ]


def test_notes_and_attributes_of_others_change_nothing(storage_url: str, tmp_path: Path) -> None:
    def note(url: str) -> None:
        study = optuna.load_study(study_name="toy", storage=url)
        study.set_user_attr("ours", "a word")
        study._storage.set_study_system_attr(study._study_id, "dashboard:note_ver", 1)
        study._storage.set_trial_user_attr(study.trials[1]._trial_id, "tag", "=1+1")

    study, _ = launched(storage_url, tmp_path, note)
    assert states(study) == ["COMPLETE"] * 6
    assert study.records()[1].attributes["tag"] == "=1+1"


@pytest.mark.parametrize("number", [0, 1])
def test_a_trial_that_is_deleted_leaves_its_number_to_a_failed_one(
    number: int, storage_url: str, tmp_path: Path
) -> None:
    def delete(url: str) -> None:
        one = f"(SELECT trial_id FROM trials WHERE number = {number})"
        tables = ("trial_params", "trial_values", "trial_user_attributes", "trial_system_attributes")
        sql(url, *(f"DELETE FROM {table} WHERE trial_id = {one}" for table in (*tables, "trials")))

    study, _ = launched(storage_url, tmp_path, delete)
    records = study.records()
    assert [record.number for record in records] == list(range(7))
    assert (records[number].state, records[number].attributes["reason"]) == ("FAIL", DELETED)
    assert states(study).count("COMPLETE") == 6
    assert number not in {origin for origin, _, _ in study.reports()}


def ask_by_command(url: str) -> None:
    range_ = {"name": "FloatDistribution", "attributes": {"low": 0, "high": 9, "step": None, "log": False}}
    command_line(url, "ask", "--study-name", "toy", "--search-space", json.dumps({"x": range_}))


def ask_and_tell(url: str) -> None:
    study = optuna.load_study(study_name="toy", storage=url)
    trial = study.ask()
    trial.suggest_float("x", 0, 9)
    study.tell(trial, [9.0, -9.0][: len(study.directions)])


def ask_and_prune(url: str) -> None:
    study = optuna.load_study(study_name="toy", storage=url)
    trial = study.ask()
    study._storage.set_trial_intermediate_value(trial._trial_id, 1, 0.5)
    study._storage.set_trial_state_values(trial._trial_id, TrialState.PRUNED)


def add_without_parameters(url: str) -> None:
    study = optuna.load_study(study_name="toy", storage=url)
    study.add_trial(optuna.trial.create_trial(values=[9.0, -9.0][: len(study.directions)]))


@pytest.mark.parametrize(
    "outsider",
    [ask_by_command, ask_and_tell, ask_and_prune, add_without_parameters],
)
def test_a_trial_that_others_ask_is_left_to_them(
    outsider: Outsider, storage_url: str, tmp_path: Path
) -> None:
    study, _ = launched(storage_url, tmp_path, outsider, trials=14)
    (foreign,) = set(range(15)) - {record.number for record in study.records()}
    assert states(study) == ["COMPLETE"] * 14
    status = status_of(study)
    assert (status["completed"], status["remaining"], status["running"], status["foreign"]) == (14, 0, 0, 1)
    assert status["best"]["score"] <= 1
    assert 9.0 not in {value for record in study.front() for value in record.values}
    before = optuna.load_study(study_name="toy", storage=storage_url).trials[foreign]
    launch_toy(toy_config(trials=15), storage_url, tmp_path)
    trials = optuna.load_study(study_name="toy", storage=storage_url).trials
    assert (trials[foreign], len(trials)) == (before, 16)


@pytest.mark.parametrize("sampler", ["random", "nsga2", "gp", "cmaes", "qmc"])
@pytest.mark.parametrize("outsider", [ask_and_tell, ask_and_prune])
def test_no_sampler_is_disturbed(sampler: str, outsider: Outsider, sqlite_url: str, tmp_path: Path) -> None:
    config = {"objectives": SINGLE, "sampler": {"name": sampler, "seed": 0}, "kind": RANGE, "trials": 14}
    study, _ = launched(sqlite_url, tmp_path, outsider, **config)
    assert states(study) == ["COMPLETE"] * 14


def test_parameters_queued_by_others_are_run_if_the_space_holds_them(
    storage_url: str, tmp_path: Path
) -> None:
    def enqueue(url: str) -> None:
        study = optuna.load_study(study_name="toy", storage=url)
        study.enqueue_trial({"x": 0.125})
        study.enqueue_trial({"x": 7})
        study.enqueue_trial({"x": "; drop table trials"})
        study.enqueue_trial({"y": 0.5})
        study.enqueue_trial({})

    study, _ = launched(storage_url, tmp_path, enqueue)
    records = study.records()
    assert (records[2].state, records[2].params) == ("COMPLETE", {"x": 0.125})
    reasons = [record.attributes.get("reason") for record in records[3:6]]
    assert reasons == [
        "queued by another program: x is 7, which the search space does not hold",
        'queued by another program: x is "; drop table trials", which the search space does not hold',
        "queued by another program: the search space has no parameter y; allowed: x",
    ]
    assert states(study) == ["COMPLETE"] * 3 + ["FAIL"] * 3 + ["COMPLETE"] * 3


def test_what_others_queue_for_a_grid_is_no_further_point(sqlite_url: str, tmp_path: Path) -> None:
    def enqueue(url: str) -> None:
        optuna.load_study(study_name="toy", storage=url).enqueue_trial({"x": 0.3})

    points = {"search": "categorical", "choices": [0.1, 0.2]}
    study, _ = launched(sqlite_url, tmp_path, enqueue, x=points, sampler={"name": "grid"}, trials=2)
    assert [record.params.get("x") for record in study.records()] == [0.1, 0.2, None]


def test_a_driver_that_lost_its_lock_writes_nothing_more(postgres_url: str) -> None:
    one, two = (Driven(make_store(postgres_url, ["score", "cost"]), toy_config(trials=2)) for _ in range(2))
    with pytest.raises(Conflict, match="is driven by process"), one.driving():  # noqa: PT012
        lost = ask(one)
        assert states(one.view) == ["RUNNING"]
        with other_takes_over(postgres_url, two):
            one.report(lost, Report(1, {"score": 0.1, "cost": 0.1}, "state"))
            one.tell(lost, Completed({"score": 9.0, "cost": 9.0}))
            ask(one)
            wait_until(lambda: one.writer.failure is not None)
            assert states(two.view) == ["FAIL", "RUNNING"]
            assert two.view.reports() == []


@contextmanager
def other_takes_over(url: str, other: Driven) -> Iterator[None]:
    """Ends all connections until the other driver has the study."""
    deadline = time.monotonic() + 60
    while True:
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tuner'"
        sql(url, end)
        try:
            with other.driving():
                ask(other)
                yield
                return
        except Conflict:
            assert time.monotonic() < deadline


def test_a_write_that_waits_is_not_applied_after_another_driver_took_over(postgres_url: str) -> None:
    one, two = (Driven(make_store(postgres_url, ["score", "cost"]), toy_config(trials=2)) for _ in range(2))
    with pytest.raises(Conflict, match="is driven by process"), one.driving():  # noqa: PT012
        lost = ask(one)
        assert states(one.view) == ["RUNNING"]
        engine = create_engine(postgres_url)
        with engine.connect() as blocking:
            blocking.execute(text("LOCK TABLE tuner_reports IN EXCLUSIVE MODE"))
            one.report(lost, Report(1, {"score": 0.1, "cost": 0.1}))
            waits = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            with engine.connect() as looking:
                wait_until(lambda: looking.scalar(waits))
            with other_takes_over(postgres_url, two):
                blocking.rollback()
                wait_until(lambda: one.writer.failure is not None)
                assert two.view.reports() == []
        engine.dispose()


def test_a_number_that_another_program_took_first_is_theirs(postgres_url: str, tmp_path: Path) -> None:
    study = Driven(make_store(postgres_url, ["score", "cost"]), toy_config(trials=2))
    engine = create_engine(postgres_url)
    with study.driving(tmp_path) as driven:
        with engine.connect() as blocking:
            blocking.execute(text("LOCK TABLE tuner_drivers IN EXCLUSIVE MODE"))
            ours = ask(study)  # the store does not know it yet
            theirs = optuna.load_study(study_name="toy", storage=postgres_url).ask()
            blocking.rollback()
        study.report(ours, Report(1, {"score": 0.1, "cost": 0.2}))
        study.tell(ours, Completed({"score": 0.9, "cost": 0.5}))
        study.see_external_changes()
        assert (ours.number, theirs.number, driven.remaining) == (0, 0, 1)
        assert ask(study).number == 2
    engine.dispose()
    with study.driving(tmp_path):  # the last was left running
        assert ask(study).retry_of == 2
    records = study.view.records()
    assert [(record.number, record.state) for record in records] == [
        (1, "COMPLETE"),
        (2, "FAIL"),
        (3, "RUNNING"),
    ]
    assert (records[0].values, records[0].attributes["asked_as"]) == ((0.9, 0.5), 0)
    assert study.view.reports() == [(1, 1, {"score": 0.1, "cost": 0.2})]


def test_what_waits_and_is_ended_by_others_takes_no_place(storage_url: str) -> None:
    study = Driven(make_store(storage_url, ["score", "cost"]), toy_config(trials=1))
    with study.driving() as driven:
        study.tell(ask(study), Failed("its worker was lost", retry=True))
        assert states(study.view) == ["FAIL", "WAITING"]
        sql(storage_url, "UPDATE trials SET state = 'FAIL' WHERE number = 1")
        assert [change.number for change in study.see_external_changes()] == [1]
        study.tell(ask(study), Completed({"score": 0.9, "cost": 0.5}))
        assert driven.remaining == 0
    assert states(study.view) == ["FAIL", "FAIL", "COMPLETE"]


def test_a_lost_trial_that_others_ended_first_is_not_tried_again(storage_url: str) -> None:
    study = Driven(make_store(storage_url, ["score", "cost"]), toy_config(trials=1))
    with study.driving() as driven:
        lost = ask(study)
        assert states(study.view) == ["RUNNING"]
        fail_by_sql = "UPDATE trials SET state = 'FAIL' WHERE number = 0"
        sql(storage_url, fail_by_sql)
        study.tell(lost, Failed("its worker was lost", retry=True))
        further = study.ask()  # the store has no such trial
        list(study.see_external_changes())
        if further is not None:
            study.tell(further, Completed({"score": 0.9, "cost": 0.5}))
        list(study.see_external_changes())
        while driven.remaining:
            study.tell(ask(study), Completed({"score": 0.9, "cost": 0.5}))
            list(study.see_external_changes())
        assert study.writer.failure is None
    assert states(study.view).count("COMPLETE") == 1


def test_what_others_queue_before_a_launch_may_stand_on_its_front(storage_url: str) -> None:
    study = Driven(make_store(storage_url, ["score", "cost"]), toy_config(trials=1))
    study.optuna_study.enqueue_trial({"x": 0.25})
    with study.driving() as driven:
        spec = ask(study)
        study.tell(spec, Completed({"score": 0.9, "cost": 0.5}))
        assert (spec.params, [record.number for record in driven.front()]) == ({"x": 0.25}, [0])


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_an_infinite_value_that_others_tell_is_theirs(value: float, storage_url: str) -> None:
    study = Driven(make_store(storage_url, ["score"]), toy_config(objectives=SINGLE, trials=2))
    with study.driving():
        ask(study)
        assert states(study.view) == ["RUNNING"]
        optuna.load_study(study_name="toy", storage=storage_url).tell(0, value)
        assert [change.values for change in study.see_external_changes()] == [(value,)]
    with study.driving() as driven:
        study.tell(ask(study), Completed({"score": 0.9}))
        assert driven.remaining == 0


def test_reports_of_a_deleted_study_are_no_reports_of_the_next(sqlite_url: str) -> None:
    store = make_store(sqlite_url, ["score", "cost"])
    for name in ("other", "toy"):
        study = Driven(store, toy_config(study=name, trials=1))
        with study.driving():
            spec = ask(study)
            for epoch in (1, 2, 3) if name == "other" else (1,):
                study.report(spec, Report(epoch, {"score": 0.1, "cost": 0.1}))
            study.tell(spec, Completed({"score": 0.9, "cost": 0.5}))
        if name == "other":
            optuna.delete_study(study_name="other", storage=sqlite_url)
    assert [row[:2] for row in study.view.reports()] == [(0, 1)]


def test_a_copy_leaves_the_log_of_its_original_alone(
    sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    study = Driven(make_store(sqlite_url, ["score", "cost"]), toy_config())
    copy_study("toy", sqlite_url, postgres_url, ["score", "cost"], tmp_path)
    copied = Driven(make_store(postgres_url, ["score", "cost"]), toy_config())
    with study.driving(tmp_path), copied.driving(tmp_path):
        ask(study)
        assert len(list(tmp_path.glob("*/events/*.log"))) == 2
    assert states(study.view) == ["RUNNING"]
