"""The study and its store, on SQLite and on a real Postgres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import optuna
import pytest
from sqlalchemy import Engine, create_engine, text

from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.driven import Driven, ask
from tuner.errors import Conflict, Unreachable, UsageError
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store, optuna_storage
from tuner.study.outcome import Completed, Failed, Stopped
from tuner.study.trial import Report

GOOD = {"score": 0.9, "cost": 0.5}


@pytest.fixture
def store(storage_url: str) -> Engine:
    return make_store(storage_url, ["score", "cost"])


def states(study: Driven) -> list[str]:
    return [record.state for record in study.view.records()]


def test_ask_report_tell(store: Engine) -> None:
    study = Driven(store, toy_config())
    with study.driving():
        spec = ask(study)
        study.report(
            spec, Report(1, {"score": 0.1, "cost": 0.5}, checkpoint="state", facts={"device": "gpu:0"})
        )
        study.report(spec, Report(2, GOOD, checkpoint="state", result=GOOD))
        study.tell(spec, Completed(GOOD))
    (record,) = study.view.records()
    assert (record.state, record.values, record.params) == ("COMPLETE", (0.9, 0.5), spec.params)
    assert record.attributes["config"] == spec.config == {"x": spec.params["x"]}
    assert record.attributes["device"] == "gpu:0"
    assert record.attributes["checkpoint"] == "state"
    assert record.attributes["score"] == 0.9
    assert record.attributes["versions"]["optuna"]
    assert study.view.reports() == [(0, 1, {"score": 0.1, "cost": 0.5}), (0, 2, GOOD)]


def test_results_have_a_row_a_trial_and_a_column_a_metric(store: Engine) -> None:
    study = Driven(store, toy_config())
    with study.driving():
        study.tell(ask(study), Completed(GOOD))
        study.tell(ask(study), Stopped({"score": 0.2}, 1, "it's too slow"))
    with store.connect() as connection:
        rows = connection.execute(text("SELECT * FROM tuner_results ORDER BY number")).mappings().all()
    assert [(row["study"], row["state"], row["score"], row["cost"]) for row in rows] == [
        ("toy", "COMPLETE", 0.9, 0.5),
        ("toy", "PRUNED", 0.2, None),
    ]
    assert rows[1]["reason"] == "it's too slow"


def test_another_studys_metrics_become_further_columns(storage_url: str) -> None:
    make_store(storage_url, ["score", "cost"])
    store = make_store(storage_url, ["score", "recall_at_1"])
    with store.connect() as connection:
        columns = connection.execute(text("SELECT * FROM tuner_results")).keys()
    assert {"score", "cost", "recall_at_1"} <= set(columns)


def test_a_failure_keeps_its_traceback_and_leaves_the_budget_alone(store: Engine) -> None:
    study = Driven(store, toy_config(trials=1))
    with study.driving():
        study.tell(ask(study), Failed("ValueError: no", details="Traceback\n  in train\nValueError: no"))
        assert study.view.remaining == 1
        study.tell(ask(study), Completed(GOOD))
        assert study.ask() is None
    first = study.view.records()[0]
    assert first.attributes["reason"] == "ValueError: no"
    assert first.attributes["traceback"].startswith("Traceback\n  in train")
    assert states(study) == ["FAIL", "COMPLETE"]


def test_a_machines_fault_is_tried_three_times_in_all(store: Engine) -> None:
    study = Driven(store, toy_config(trials=1))
    with study.driving():
        specs = []
        for _ in range(3):
            specs.append(ask(study))
            study.report(specs[-1], Report(1, GOOD, checkpoint=f"state-{specs[-1].number}"))
            study.tell(specs[-1], Failed("its worker was lost", retry=True))
        fourth = ask(study)
    assert [spec.attempt for spec in specs] == [1, 2, 3]
    assert [spec.retry_of for spec in specs] == [None, 0, 0]
    assert [spec.checkpoint for spec in specs] == [None, "state-0", "state-1"]
    assert all(spec.params == specs[0].params for spec in specs)
    assert (fourth.attempt, fourth.retry_of) == (1, None)
    assert fourth.params != specs[0].params


def test_an_orphan_is_queued_again_from_its_checkpoint(store: Engine, storage_url: str) -> None:
    study = Driven(store, toy_config(trials=2))
    with study.driving():
        orphan, early = ask(study), ask(study)
        study.report(orphan, Report(1, GOOD, checkpoint="state"))
    again = Driven(make_store(storage_url, []), toy_config(trials=2))
    with again.driving():
        assert states(again) == ["FAIL", "FAIL", "WAITING", "WAITING"]
        first, second = ask(again), ask(again)
        assert again.ask() is None
    assert (first.params, first.checkpoint, first.retry_of, first.attempt) == (orphan.params, "state", 0, 1)
    assert (second.params, second.checkpoint, second.retry_of) == (early.params, None, 1)
    assert again.view.records()[0].attributes["reason"] == "its driver ended before it did"


def test_a_trial_that_ends_its_drivers_process_is_tried_three_times(store: Engine) -> None:
    study = Driven(store, toy_config(trials=1))
    place, asked = {"device": "process:1"}, []
    for _ in range(4):  # each driver ends without a word, as its process did
        with study.driving():
            spec = study.ask(place=place)
            assert spec is not None
            asked.append((spec.retry_of, spec.attempt))
    assert asked == [(None, 1), (0, 2), (0, 3), (None, 1)]
    with study.driving():
        reasons = [record.attributes.get("reason") for record in study.view.records()]
    assert reasons[1] == "its driver ended before it did"
    assert (
        reasons[2] == "its driver ended before it did; it is not tried again: it came no further than before"
    )


def test_a_driver_that_is_killed_costs_no_attempt_of_a_trial_that_got_further(store: Engine) -> None:
    study = Driven(store, toy_config(trials=1))
    for epoch in range(1, 5):
        with study.driving():
            spec = study.ask(place={"device": "process:1"})
            assert spec is not None
            assert (spec.attempt, spec.reported) == (1, epoch - 1)
            study.report(spec, Report(epoch, GOOD, checkpoint="state"))


def test_one_driver_at_a_time(store: Engine, storage_url: str) -> None:
    study = Driven(store, toy_config())
    other = Driven(make_store(storage_url, []), toy_config())
    refused = pytest.raises(Conflict, match=r"study 'toy' is driven by process \d+ on")
    with study.driving(), refused, other.driving():
        pass
    with other.driving():
        assert ask(other).number == 0


def test_a_lock_that_the_database_dropped_is_taken_again(postgres_url: str) -> None:
    study, other = (Driven(make_store(postgres_url, []), toy_config()) for _ in range(2))
    with study.driving():
        cut_all_connections(postgres_url)
        assert ask(study).number == 0
        assert states(study) == ["RUNNING"]
        with pytest.raises(Conflict, match="is driven by"), other.driving():
            pass
    with other.driving():
        assert ask(other).retry_of == 0


def test_a_driver_whose_lock_another_took_stops(postgres_url: str) -> None:
    study, other = (Driven(make_store(postgres_url, []), toy_config()) for _ in range(2))
    with pytest.raises(Conflict, match="is driven by"), study.driving():  # noqa: PT012 - it ends as the block does
        cut_all_connections(postgres_url)
        with other.driving():
            ask(study)


def cut_all_connections(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tuner'")
        )
    engine.dispose()


def test_no_lock_file_stays(sqlite_url: str, tmp_path: Path) -> None:
    study = Driven(make_store(sqlite_url, []), toy_config())
    with study.driving():
        assert list(tmp_path.glob("*.lock"))
    assert not list(tmp_path.glob("*.lock"))


def test_two_names_of_one_file_are_one_store(tmp_path: Path) -> None:
    study = Driven(make_store(f"sqlite:///{tmp_path}/tuner.db", []), toy_config())
    (tmp_path / "other.db").symlink_to(tmp_path / "tuner.db")
    other = Driven(make_store(f"sqlite:///{tmp_path}/other.db", []), toy_config())
    with study.driving(), pytest.raises(Conflict, match="is driven by"), other.driving():
        pass


def test_many_may_make_the_same_study_at_once(storage_url: str) -> None:
    def make(_: int) -> str:
        return Driven(make_store(storage_url, ["score"]), toy_config()).view.identity

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(make, range(6)))) == 1


def test_a_study_whose_maker_was_killed_is_finished(store: Engine) -> None:
    optuna.create_study(
        study_name="toy", storage=optuna_storage(store.url), directions=["maximize", "minimize"]
    )
    study = Driven(store, toy_config())
    assert study.optuna_study.metric_names == ["score", "cost"]
    with study.driving():
        assert ask(study).number == 0


def test_two_studies_can_be_driven_at_once(store: Engine) -> None:
    one = Driven(store, toy_config())
    two = Driven(store, toy_config(study="toy 2"))
    with one.driving(), two.driving():
        assert (ask(one).number, ask(two).number) == (0, 0)


def test_budget_may_change_and_nothing_else(store: Engine) -> None:
    Driven(store, toy_config())
    study = Driven(store, toy_config(trials=9, early_stopping={"name": "asha"}))
    with study.driving() as driven:
        assert driven.remaining == 9
    assert StudyStore(store.url, store).load("toy").config.budget.trials == 9
    with pytest.raises(Conflict, match=r"train\.x\.high: 1\.0 stored, 2\.0"):
        Driven(store, toy_config(x={"search": "float", "low": 0.0, "high": 2.0}))
    with pytest.raises(Conflict, match="objectives"):
        Driven(store, toy_config(objectives=SINGLE))


def test_another_programs_study_is_left_alone(store: Engine) -> None:
    optuna.create_study(study_name="toy", storage=optuna_storage(store.url))
    with pytest.raises(Conflict, match="made by another program"):
        Driven(store, toy_config())
    assert StudyStore(store.url, store).studies() == []


def test_unknown_study_lists_what_there_is(store: Engine) -> None:
    Driven(store, toy_config())
    with pytest.raises(UsageError, match=r"no study 'tyo'.*there are: toy"):
        StudyStore(store.url, store).load("tyo")


def test_only_completed_trials_stand_on_the_front(store: Engine) -> None:
    study = Driven(store, toy_config())
    with study.driving():
        study.tell(ask(study), Completed({"score": 0.5, "cost": 0.5}))
        study.tell(ask(study), Completed({"score": 0.4, "cost": 0.6}))
        study.tell(ask(study), Completed({"score": 0.4, "cost": 0.1}))
        study.tell(ask(study), Stopped({"score": 1.0, "cost": 0.0}, 1, "asha"))
    assert [record.number for record in study.view.front()] == [0, 2]
    assert [trial.number for trial in study.optuna_study.best_trials] == [0, 2]


def test_one_objective_keeps_its_curve_where_optuna_looks(store: Engine) -> None:
    study = Driven(store, toy_config(objectives=SINGLE))
    with study.driving():
        spec = ask(study)
        study.report(spec, Report(1, {"score": 0.3}))
        study.report(spec, Report(2, {"score": float("nan")}))
        study.tell(spec, Stopped({"score": 0.3}, 2, "asha"))
    (trial,) = study.optuna_study.get_trials()
    assert (trial.intermediate_values, trial.value) == ({1: 0.3}, 0.3)
    assert study.view.reports()[1] == (0, 2, {"score": None})


def test_several_objectives_keep_none_and_go_on_proposing(store: Engine) -> None:
    study = Driven(store, toy_config(trials=30))
    with study.driving():
        for number in range(24):
            spec = ask(study)
            study.report(spec, Report(1, GOOD))
            study.tell(
                spec, Stopped(GOOD, 1, "asha") if number % 2 else Completed({"score": number, "cost": 1.0})
            )
    assert all(not trial.intermediate_values for trial in study.optuna_study.get_trials())


def test_a_grid_is_met_point_by_point(store: Engine) -> None:
    points = {"search": "categorical", "choices": [0.1, 0.2, 0.5, 1.0]}
    study = Driven(store, toy_config(x=points, sampler={"name": "grid"}, trials=4))
    with study.driving():
        asked = [ask(study) for _ in range(4)]
        assert study.ask() is None
        for spec in asked[:3]:
            study.tell(spec, Completed(GOOD))
    with study.driving():  # the fourth was left running
        last = ask(study)
        study.tell(last, Completed(GOOD))
        assert study.ask() is None
    assert [spec.params["x"] for spec in asked] == [0.1, 0.2, 0.5, 1.0]
    assert (last.params, study.view.remaining) == (asked[3].params, 0)


@pytest.mark.parametrize("name", ["tpe", "random", "nsga2", "gp", "qmc", "cmaes"])
def test_every_sampler_proposes_again_what_it_proposed_before(name: str, tmp_path: Path) -> None:
    def proposals(file: str, restarts: int) -> list[dict[str, float]]:
        store = make_store(f"sqlite:///{tmp_path}/{file}.db", ["score"])
        y = {"kind": {"search": "float", "low": 1e-3, "high": 1.0, "log": True}}
        options = {"population_size": 20} if name == "nsga2" else {}
        sampler = {"name": name, "seed": 3, **options}
        study = Driven(store, toy_config(objectives=SINGLE, sampler=sampler, trials=14, **y))
        asked = []
        for _ in range(restarts):
            with study.driving():
                for _ in range(14 // restarts):
                    spec = ask(study)
                    asked.append(dict(spec.params))
                    study.tell(spec, Completed({"score": 1 - (spec.params["x"] - 0.3) ** 2}))
        return asked

    straight = proposals("straight", 1)
    assert proposals("restarted", 7) == straight
    assert len({proposal["x"] for proposal in straight}) == 14


def test_records_are_what_optuna_reads(store: Engine) -> None:
    train = {"x": {"search": "float", "low": 0.1, "high": 1.0, "log": True}}
    train["kind"] = {
        "search": "one_of",
        "options": [{"name": "a", "n": {"search": "int", "low": 1, "high": 9}}],
    }
    train["behaviour"] = {"search": "categorical", "choices": ["good", "raises"]}
    study = Driven(store, toy_config(**train))
    with study.driving():
        study.tell(ask(study), Completed(GOOD))
        study.tell(ask(study), Stopped(GOOD, 1, "asha"))
        study.tell(ask(study), Failed("lost", retry=True))
        ask(study)
        ask(study)
    read = [
        (
            record.number,
            record.state,
            record.params,
            record.values,
            record.attributes,
            record.started,
            record.ended,
        )
        for record in study.view.records()
    ]
    assert read == [
        (
            trial.number,
            trial.state.name,
            trial.params,
            tuple(trial.values or ()),
            trial.user_attrs,
            trial.datetime_start,
            trial.datetime_complete,
        )
        for trial in study.optuna_study.get_trials()
    ]


def test_reading_needs_a_store(tmp_path: Path, empty_postgres_url: str) -> None:
    with pytest.raises(UsageError, match="no study store"):
        StudyStore.open(f"sqlite:///{tmp_path}/tuner.db")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="no study store"):
        StudyStore.open(empty_postgres_url)


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("not a url", UsageError, "not a database URL"),
        ("mysql://u:secret@localhost/x", UsageError, "cannot be kept"),
        ("sqlite://", UsageError, "cannot be kept"),
        ("sqlite:////no/such/folder/tuner.db", UsageError, "folder .* does not exist"),
        ("postgresql://tuner:secret@127.0.0.1:1/tuner", Unreachable, "127.0.0.1"),
        ("postgresql://127.0.0.1:1/tuner?user=u&password=secret", Unreachable, "127.0.0.1"),
        ("postgresql://u:p@secret@127.0.0.1:1/tuner", UsageError, "write it as %40"),
        ("sqlite:///file:x.db?uri=true", UsageError, "cannot be kept"),
    ],
)
def test_wrong_urls_are_one_line_without_a_password(url: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as raised:
        make_store(url, ["score"])
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)
