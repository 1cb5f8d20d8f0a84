"""Fronts judged on the test split: each once with fresh seeds, whatever comes between; no search sees it."""

from __future__ import annotations

import ast
import io
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
from sqlalchemy import create_engine, inspect, text

from tests.tuner import toy
from tests.tuner.configs import RANGE, toy_config
from tests.tuner.confirming import Counted, confirm_toy, judged, on_test
from tests.tuner.launching import history, launch_toy
from tests.tuner.postgres_server import a_server
from tuner.config.sections import Replicates
from tuner.errors import Conflict, StudyFailed, UsageError
from tuner.run.confirm.jobs import Wanted
from tuner.store.confirmations.confirmation import Confirmation, Job
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.confirmations.confirmation_writer import confirming
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store, optuna_storage
from tuner.study.trial import Report, TrialSpec

ROOT = Path(__file__).parents[4]


def stored(storage: str, study: str = "toy") -> list[Confirmation]:
    return confirmations_of(StudyStore.open(storage).load(study))


def front(storage: str) -> list[int]:
    return [record.number for record in StudyStore.open(storage).load("toy").front()]


def test_the_front_is_judged_once_with_fresh_seeds(storage_url: str, tmp_path: Path) -> None:
    said = io.StringIO()
    launch_toy(toy_config(trials=5), storage_url, tmp_path)
    ended = confirm_toy(storage_url, tmp_path, said=said)
    assert (ended.exit_code, ended.halted) == (0, None)
    rows = stored(storage_url)
    assert rows == ended.confirmations
    seeds = (1000, 1001, 1002)
    assert [each.job for each in rows] == [
        Job(number, seed) for number in front(storage_url) for seed in seeds
    ]
    promised = {record.number: record.values for record in StudyStore.open(storage_url).load("toy").front()}
    for each in rows:
        score, cost = promised[each.job.trial]
        assert each.state == "COMPLETE"
        assert each.validation == {"score": score, "cost": cost}
        assert each.test == {"score": on_test(score, each.job.seed), "cost": cost}
        assert (each.best_epoch, each.attempt, each.reason) == (4, 1, None)
        assert each.node
        assert each.device == f"process:{os.getpid()}"
        assert each.versions["python"]
        assert each.started_at is not None
    lines = said.getvalue().splitlines()
    assert lines[0].startswith(
        f"[1/{len(rows)}] trial {ended.records[0].number}, seed 1000 completed: score 0."
    )


def test_what_is_done_is_not_done_again_and_more_seeds_train_the_missing_ones(
    storage_url: str, tmp_path: Path
) -> None:
    launch_toy(toy_config(trials=5), storage_url, tmp_path)
    first, again, more = Counted(), Counted(), Counted()
    confirm_toy(storage_url, tmp_path, Wanted(top=2, seeds=2), train=first)
    before = stored(storage_url)
    assert len(first.epochs) == len(before) == 4
    confirm_toy(storage_url, tmp_path, Wanted(top=2, seeds=2), train=again)
    assert again.epochs == {}
    confirm_toy(storage_url, tmp_path, Wanted(top=2, seeds=3), train=more)
    assert [each for each in stored(storage_url) if each.job.seed < 1002] == before
    assert sorted(more.epochs) == sorted(
        each.job.title for each in stored(storage_url) if each.job.seed == 1002
    )


def test_trials_are_named_or_the_best_of_the_first_objective(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=6), sqlite_url, tmp_path)
    records = StudyStore.open(sqlite_url).load("toy").records()
    best = sorted(records, key=lambda record: -record.values[0])
    top = confirm_toy(sqlite_url, tmp_path, Wanted(top=2, seeds=1)).records
    assert [record.number for record in top] == [record.number for record in best[:2]]
    named = confirm_toy(sqlite_url, tmp_path, Wanted(trials=[4, 0], seeds=1)).records
    assert {record.number for record in named} == {0, 4}
    with pytest.raises(
        UsageError, match=r"^--trials: study 'toy' has no completed trial 77, 78; see its front"
    ):
        confirm_toy(sqlite_url, tmp_path, Wanted(trials=[0, 77, 78]))
    with pytest.raises(UsageError, match="leave one out"):
        confirm_toy(sqlite_url, tmp_path, Wanted(trials=[0], top=1))


def test_seeds_are_counted_from_the_trials_own(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1, train={"x": RANGE, "seed": 7}), sqlite_url, tmp_path)
    confirm_toy(sqlite_url, tmp_path, Wanted(seeds=2))
    assert [each.job.seed for each in stored(sqlite_url)] == [1007, 1008]


def test_a_study_without_a_completed_trial_has_nothing_to_confirm(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StudyFailed):
        launch_toy(toy_config(behaviour="diverges", trials=2), sqlite_url, tmp_path)
    with pytest.raises(UsageError, match="'toy' has no completed trial, so there is nothing to confirm yet"):
        confirm_toy(sqlite_url, tmp_path)


def test_infeasible_trials_are_confirmed_if_they_are_named(sqlite_url: str, tmp_path: Path) -> None:
    points = [{"x": 0.3}, {"x": 0.9}]
    bound = {"metric": "cost", "at_least": 0.5}
    launch_toy(toy_config(trials=2, enqueue=points, constraints=[bound]), sqlite_url, tmp_path)
    top = confirm_toy(sqlite_url, tmp_path, Wanted(top=2, seeds=1))
    assert [record.number for record in top.records] == [1]
    named = confirm_toy(sqlite_url, tmp_path, Wanted(trials=[0], seeds=1))
    assert [record.number for record in named.records] == [0]


def test_a_study_without_a_feasible_trial_says_so(sqlite_url: str, tmp_path: Path) -> None:
    bound = {"metric": "cost", "at_least": 2}
    with pytest.raises(StudyFailed):
        launch_toy(toy_config(trials=2, constraints=[bound]), sqlite_url, tmp_path)
    for wanted in (Wanted(), Wanted(top=1)):
        with pytest.raises(UsageError, match="'toy': none of 2 completed trials is feasible; name some"):
            confirm_toy(sqlite_url, tmp_path, wanted)


def test_equal_trainings_are_confirmed_once(sqlite_url: str, tmp_path: Path) -> None:
    space = {"x": {"search": "categorical", "choices": [0.2, 0.3]}, "seed": 0}
    view = launch_toy(toy_config(trials=5, train=space), sqlite_url, tmp_path).study
    assert len(view.front()) > 2
    assert len(confirm_toy(sqlite_url, tmp_path, Wanted(seeds=1)).records) == 2


def everything_else(storage: str) -> dict[str, list[Any]]:
    """What the store holds but for confirmations, table by table; `tuner_results` too."""
    engine = create_engine(storage)
    with engine.connect() as connection:
        names = [*inspect(connection).get_table_names(), *inspect(connection).get_view_names()]
        content = {
            name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')).all()))
            for name in names
            if not name.startswith("tuner_confirm")
        }
    engine.dispose()
    assert content["tuner_results"]
    return content


@pytest.mark.parametrize("sampler", ["tpe", "nsga2"])
def test_no_search_sees_what_was_found(sampler: str, storage_url: str, tmp_path: Path) -> None:
    """A study that was confirmed on its way proposes, stops and ends as one that was not."""
    settings: dict[str, Any] = {
        "sampler": {"name": sampler, "seed": 0},
        "early_stopping": {"name": "asha", "reduction_factor": 2},
    }
    launch_toy(toy_config(trials=8, **settings), storage_url, tmp_path)
    before, on_front = everything_else(storage_url), front(storage_url)
    confirm_toy(storage_url, tmp_path, Wanted(seeds=2))
    assert (everything_else(storage_url), front(storage_url)) == (before, on_front)
    confirmed = launch_toy(toy_config(trials=16, **settings), storage_url, tmp_path)
    straight = launch_toy(toy_config(trials=16, **settings), f"sqlite:///{tmp_path}/straight.db", tmp_path)
    assert history(confirmed.study) == history(straight.study)
    assert [record.number for record in confirmed.front] == [record.number for record in straight.front]
    assert len(stored(storage_url)) == 2 * len(on_front)


def test_only_what_shows_them_and_what_makes_them_reads_confirmations() -> None:
    """Neither samplers, nor early stopping, nor what a study is driven with could read them."""
    readers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tuner").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and any(
            "confirm" in f"{node.module}.{alias.name}" or alias.name == "confirmations"
            for alias in node.names
        )
    }
    allowed = ("tuner/store/confirmations/", "tuner/run/confirm/", "tuner/results/")
    assert {name for name in readers if not name.startswith(allowed)} == {
        "tuner/run/files/clean.py",  # removes their files
        "tuner/store/steering.py",  # keeps confirmers away, and deletes those of a study
        "tuner/verbs/results.py",
        "tuner/verbs/confirm.py",
        "tuner/api.py",  # the same from Python
        "tuner/cli.py",  # lists that verb
        "tuner/store/copy_study.py",  # copies them
        "tuner/store/deleted_studies.py",  # forgets theirs
        "tuner/store/open_study.py",  # forgets those of deleted trials
        "tuner/store/tables/creation.py",  # makes their view
    }
    for path in (ROOT / "tuner").rglob("*.py"):
        if not str(path.relative_to(ROOT)).startswith(("tuner/store", "tuner/run/confirm", "tuner/results")):
            assert "tuner_confirm" not in path.read_text(), path


def test_a_signal_leaves_the_rest_to_the_same_command(storage_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=3), storage_url, tmp_path)
    straight = confirm_toy(storage_url, tmp_path, Wanted(trials=[0], seeds=3)).confirmations

    def interrupted(spec: TrialSpec) -> Iterator[Report]:
        for report in judged(spec):
            if (spec.title, report.epoch) == ("trial 1, seed 1001", 2):
                os.kill(os.getpid(), signal.SIGINT)
            yield report

    first, rest = Counted(interrupted), Counted()
    ended = confirm_toy(storage_url, tmp_path, Wanted(trials=[1], seeds=3), train=first)
    assert (ended.exit_code, ended.halted) == (130, "interrupted by SIGINT")
    assert [each.job.seed for each in ended.confirmations] == [1000]
    finished = confirm_toy(storage_url, tmp_path, Wanted(trials=[1], seeds=3), train=rest)
    assert (finished.exit_code, finished.halted) == (0, None)
    assert [each.job.seed for each in finished.confirmations] == [1000, 1001, 1002]
    trained = [first.epochs["trial 1, seed 1001"], rest.epochs["trial 1, seed 1001"]]
    assert trained == [[1, 2], [3, 4]]
    assert {each.best_epoch for each in (*straight, *finished.confirmations)} == {4}


def broken_for(seed: int, how: str) -> Any:
    def train(spec: TrialSpec) -> Iterator[Report]:
        behaviour = how if spec.config.get("seed") == seed else "good"
        yield from judged(TrialSpec(**{**vars(spec), "config": {**spec.config, "behaviour": behaviour}}))

    return train


def test_one_that_failed_is_named_and_tried_again(storage_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    ended = confirm_toy(storage_url, tmp_path, train=broken_for(1001, "raises"))
    assert [each.state for each in ended.confirmations] == ["COMPLETE", "FAIL", "COMPLETE"]
    failed = ended.confirmations[1]
    assert (failed.reason, failed.test) == ("RuntimeError: the trainer broke", {})
    assert failed.traceback is not None
    assert failed.traceback.startswith("Traceback")
    again = Counted()
    ended = confirm_toy(storage_url, tmp_path, train=again)
    assert [each.state for each in ended.confirmations] == ["COMPLETE"] * 3
    assert list(again.epochs) == ["trial 0, seed 1001"]


def test_one_that_was_stopped_is_not_tried_again(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path)
    confirm_toy(sqlite_url, tmp_path, train=broken_for(1001, "diverges"))
    again = Counted()
    ended = confirm_toy(sqlite_url, tmp_path, train=again)
    assert [(each.state, each.reason) for each in ended.confirmations] == [
        ("COMPLETE", None),
        ("PRUNED", "diverged: loss is inf at epoch 2"),
        ("COMPLETE", None),
    ]
    assert again.epochs == {}


def test_too_many_failures_end_it_with_a_line_each(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1, failures=0), sqlite_url, tmp_path)
    with pytest.raises(StudyFailed) as caught:
        confirm_toy(sqlite_url, tmp_path, train=broken_for(1000, "raises"))
    assert str(caught.value).splitlines() == [
        "study 'toy': 1 trial failed; budget.failures allows 0",
        "  trial 0, seed 1000: RuntimeError: the trainer broke",
    ]


def test_nothing_completed_is_a_failure(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path)
    with pytest.raises(
        StudyFailed, match=r"(?s)no training was completed\n  trial 0, seed 1000: .*inf at epoch 2"
    ):
        confirm_toy(sqlite_url, tmp_path, Wanted(seeds=1), train=broken_for(1000, "diverges"))


def test_one_process_at_a_time_beside_a_launch(storage_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=2), storage_url, tmp_path)
    view = StudyStore.open(storage_url).load("toy")
    with (
        confirming(view),
        pytest.raises(Conflict, match=r"^study 'toy' is being confirmed by process \d+ on "),
    ):
        confirm_toy(storage_url, tmp_path)
    assert stored(storage_url) == []

    def meanwhile(spec: TrialSpec) -> Iterator[Report]:
        if spec.title == "trial 0, seed 1000":
            assert launch_toy(toy_config(trials=3), storage_url, tmp_path).exit_code == 0
        yield from judged(spec)

    confirm_toy(storage_url, tmp_path, Wanted(trials=[0]), train=meanwhile)
    assert view.count("COMPLETE") == 3
    assert len(stored(storage_url)) == 3


def test_a_database_that_is_away_for_a_while_costs_nothing(tmp_path: Path) -> None:
    with a_server() as server:
        server.execute("CREATE DATABASE toys")
        url = server.url("toys")
        launch_toy(toy_config(trials=1), url, tmp_path)
        counted = Counted()

        def train(spec: TrialSpec) -> Iterator[Report]:
            if spec.config["seed"] == 1000:
                server.stop()
            if spec.config["seed"] == 1002:
                server.start()
            yield from counted(spec)

        ended = confirm_toy(url, tmp_path, train=train)
        assert [each.state for each in ended.confirmations] == ["COMPLETE"] * 3
        assert set(map(len, counted.epochs.values())) == {4}


def test_a_study_that_was_deleted_leaves_nothing_to_the_next(storage_url: str, tmp_path: Path) -> None:
    """SQLite gives its id to the next study."""
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    confirm_toy(storage_url, tmp_path)
    storage = optuna_storage(make_store(storage_url, toy.metrics).url)
    optuna.delete_study(study_name="toy", storage=storage)
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    assert stored(storage_url) == []


def test_a_trial_that_was_deleted_leaves_nothing_to_the_next_of_its_number(
    storage_url: str, tmp_path: Path
) -> None:
    launch_toy(toy_config(trials=3), storage_url, tmp_path)
    confirm_toy(storage_url, tmp_path, Wanted(trials=[1, 2], seeds=1))
    with make_store(storage_url, toy.metrics).begin() as connection:
        of_trial = "WHERE trial_id = (SELECT trial_id FROM trials WHERE number = 2)"
        for table in ("trial_params", "trial_values", "trial_user_attributes", "trials"):
            connection.execute(text(f"DELETE FROM {table} {of_trial}"))
    launch_toy(toy_config(trials=3), storage_url, tmp_path)
    assert [record.number for record in StudyStore.open(storage_url).load("toy").records()] == [0, 1, 2]
    assert [each.job.trial for each in stored(storage_url)] == [1]


def test_a_study_that_is_deleted_meanwhile_ends_it(storage_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), storage_url, tmp_path)

    def train(spec: TrialSpec) -> Iterator[Report]:
        if spec.config["seed"] == 1001:
            optuna.delete_study(
                study_name="toy", storage=optuna_storage(make_store(storage_url, toy.metrics).url)
            )
        yield from judged(spec)

    with pytest.raises(Conflict, match="study 'toy' was deleted while it was driven"):
        confirm_toy(storage_url, tmp_path, train=train)


def test_the_view_has_a_row_a_training(storage_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    confirm_toy(storage_url, tmp_path, train=broken_for(1001, "raises"))
    columns = "number, seed, folds, state, reason, test_score"
    query = f"SELECT {columns} FROM tuner_confirmed WHERE study = 'toy' ORDER BY seed"
    engine = create_engine(storage_url)
    with engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    engine.dispose()
    (record,) = StudyStore.open(storage_url).load("toy").front()
    scores = [on_test(record.values[0], seed) for seed in (1000, 1002)]
    assert [tuple(row) for row in rows] == [
        (0, 1000, 0, "COMPLETE", None, pytest.approx(scores[0], abs=1e-12)),
        (0, 1001, 0, "FAIL", "RuntimeError: the trainer broke", None),
        (0, 1002, 0, "COMPLETE", None, pytest.approx(scores[1], abs=1e-12)),
    ]
    assert Counter(row.state for row in rows) == {"COMPLETE": 2, "FAIL": 1}


def test_folds_are_the_studys_unless_others_are_asked_for() -> None:
    plain = toy_config()
    folded = plain.model_copy(update={"replicates": Replicates(folds=4)})
    assert Wanted().of(plain).folds == 0
    assert Wanted().of(folded).folds == 4
    assert Wanted(folds=0).of(folded).folds == 0
    assert Wanted(folds=2).of(plain).folds == 2
