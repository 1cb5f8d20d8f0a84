"""A user's own trainer: named by a study, checked before it runs, and ended in every way it can."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from formats.durable_file import before
from tests.full_disk import disk_full_above
from tests.tuner import toy
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import history, launch_toy
from tuner.config.study_config import StudyConfig
from tuner.errors import StudyFailed, UsageError
from tuner.run.custom.loading import trainable_of
from tuner.run.custom.state import SavedState
from tuner.run.custom.trainable import CustomTrainable
from tuner.run.ended import Launched
from tuner.run.launch import launch
from tuner.settings import Settings
from tuner.store.tables import results_view
from tuner.study.trial import TrialSpec
from tuner.study.trial_record import RESERVED

OWN = "tests.tuner.own:Own"


def launch_own(config: StudyConfig, storage: str, folder: Path) -> Launched:
    trainable = trainable_of(config, allow_code=True)
    settings = Settings(storage=storage, runs_folder=folder / "runs", ray_address=None)
    return launch(config, trainable, settings, Console(file=io.StringIO()), serial=True)


def spec(folder: Path, **changes: Any) -> TrialSpec:
    config = {"x": 0.5, "behaviour": changes.pop("behaviour", "good")}
    return TrialSpec(
        **{
            **{"number": 0, "params": {}, "config": config, "epochs": 4, "metric": "score"},
            **{"direction": "maximize", "cpus": 1, "folder": str(folder)},
            **changes,
        }
    )


def test_it_leaves_the_study_that_the_projects_own_trainable_would(sqlite_url: str, tmp_path: Path) -> None:
    rule = {"name": "asha", "reduction_factor": 2}
    ours = launch_toy(toy_config(trials=12, early_stopping=rule), sqlite_url, tmp_path)
    config = toy_config(trials=12, early_stopping=rule, trainable=OWN)
    theirs = launch_own(config, f"sqlite:///{tmp_path}/own.db", tmp_path)
    assert history(theirs.study) == history(ours.study)
    assert theirs.study.reports() == ours.study.reports()
    assert {record.state for record in theirs.study.records()} == {"COMPLETE", "PRUNED"}


@pytest.mark.parametrize(
    ("behaviour", "state", "reason"),
    [
        ("raises", "FAIL", "RuntimeError: the trainer broke"),
        ("nothing", "FAIL", "the training ended without a report"),
        ("stops", "PRUNED", "diverged: the loss is inf"),
        (
            "unknown",
            "FAIL",
            "epoch 2: the report has scroe and lacks score; its metrics are score, cost",
        ),
        ("mapping", "FAIL", "epoch 1: the report has run and lacks score, cost; its metrics are score, cost"),
        ("word", "FAIL", "epoch 2: cost is '0.5', a str; expected a number"),
    ],
)
def test_every_ending_has_its_state_and_reason(
    behaviour: str, state: str, reason: str, sqlite_url: str, tmp_path: Path
) -> None:
    choices = {"search": "categorical", "choices": [behaviour, "good"]}
    launched = launch_own(toy_config(behaviour=choices, trials=8, trainable=OWN), sqlite_url, tmp_path)
    records = launched.study.records()
    ill = [record for record in records if record.params["behaviour"] == behaviour]
    assert ill
    assert {(record.state, record.attributes["reason"]) for record in ill} == {(state, reason)}
    assert all(("traceback" in record.attributes) == (behaviour == "raises") for record in ill)
    assert sum(record.state in ("COMPLETE", "PRUNED") for record in records) == 8


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("always_nan", "not a finite result: score is nan"),
        ("returns_a_mapping", "train returned a dict; it has to yield metrics after each epoch"),
        ("raises_nothing_but_a_type", "ValueError"),
        ("raises_generator_exit", "RuntimeError: train raised GeneratorExit"),
    ],
)
def test_a_function_ends_with_its_reason(name: str, reason: str, sqlite_url: str, tmp_path: Path) -> None:
    config = toy_config(trials=1, failures=0, objectives=SINGLE, trainable=f"tests.tuner.own:{name}")
    with pytest.raises(StudyFailed):
        launch_own(config, sqlite_url, tmp_path)
    from tuner.store.reading.reader import StudyStore

    (record,) = StudyStore.open(sqlite_url).load("toy").records()
    assert record.attributes["reason"] == reason


def test_nan_on_the_way_is_kept_as_none_and_is_never_best(sqlite_url: str, tmp_path: Path) -> None:
    config = toy_config(behaviour="not_a_number", x=0.3, trials=1, sampler={"name": "random"}, trainable=OWN)
    study = launch_own(config, sqlite_url, tmp_path).study
    assert [metrics["score"] for _, _, metrics in study.reports()] == [0.5, None, 0.875, 0.9375]
    assert [record.values for record in study.records()] == [(0.9375, 0.3)]


def test_the_best_epoch_counts_and_a_training_may_end_early(tmp_path: Path) -> None:
    trainable = CustomTrainable.named(OWN)
    *before, last = trainable.train(spec(tmp_path, behaviour="short"))
    assert [report.epoch for report in before] == [1, 2]
    assert (last.epoch, last.result) == (2, before[-1].metrics)
    *_, last = trainable.train(spec(tmp_path, direction="minimize"))
    assert last.result is not None
    assert last.result["score"] == toy.score(0.5, 1)


def test_a_training_goes_on_from_each_of_its_states(tmp_path: Path) -> None:
    trainable = pickle.loads(pickle.dumps(CustomTrainable.named(OWN)))
    straight = list(trainable.train(spec(tmp_path / "straight")))
    assert [report.epoch for report in straight] == [1, 2, 3, 4]
    for epochs in range(1, 5):
        begun = trainable.train(spec(tmp_path / "parts"))
        checkpoint = [next(begun).checkpoint for _ in range(epochs)][-1]
        begun.close()
        for reported in (epochs, epochs - 1):  # the store may not have seen the last report
            again = spec(tmp_path / "parts", checkpoint=checkpoint, reported=reported, attempt=2)
            rest = list(trainable.train(again))
            assert [report.epoch for report in rest] == list(range(reported + 1, 5)) or [4]
            assert [report.metrics for report in rest] == [
                report.metrics for report in straight[min(reported, 3) :]
            ]
            assert rest[-1].result == straight[-1].result


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"half")])
@pytest.mark.parametrize(("files", "gone_on_from"), [(1, 3), (2, 0)])
def test_a_state_that_is_lost_costs_only_time(
    files: int, gone_on_from: int, damage: Callable[[Path], Any], tmp_path: Path
) -> None:
    trainable = CustomTrainable.named(OWN)
    *_, last = trainable.train(spec(tmp_path))
    assert last.checkpoint is not None
    state = Path(last.checkpoint)
    for file in (state, before(state))[:files]:
        damage(file)
    again = list(trainable.train(spec(tmp_path, checkpoint=last.checkpoint, reported=3)))
    assert [report.epoch for report in again] == [4]
    assert "state.bin" in again[0].facts["checkpoint_lost"]
    assert again[0].facts["checkpoint_lost"].endswith(f"it went on from epoch {gone_on_from}")
    assert again[-1].result == last.result


def test_a_full_disk_costs_only_the_checkpoint(tmp_path: Path) -> None:
    trainable = CustomTrainable.named(OWN)
    straight = list(trainable.train(spec(tmp_path / "straight")))
    full = trainable.train(spec(tmp_path / "full"))
    checkpoint = next(full).checkpoint
    with disk_full_above(8):
        rest = list(full)
    assert [report.checkpoint for report in rest] == [checkpoint] * 3  # the last good one
    assert rest[0].facts["checkpoint_failed"] == "epoch 2: [Errno 27] File too large"
    assert rest[-1].result == straight[-1].result
    again = list(trainable.train(spec(tmp_path / "full", checkpoint=checkpoint, reported=1)))
    assert [report.metrics for report in again] == [report.metrics for report in straight[1:]]


def test_without_a_state_there_is_no_checkpoint(tmp_path: Path) -> None:
    reports = list(CustomTrainable.named(OWN).train(spec(tmp_path, behaviour="stateless")))
    assert {report.checkpoint for report in reports} == {None}
    assert not (tmp_path / "state.bin").exists()


def test_a_state_is_written_whole_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "state.bin"
    first, second = SavedState(({"score": 0.5},), b""), SavedState(({"a": 1.0}, {"a": -0.0}), b"\n\0\n")
    for saved in (first, second):
        saved.write(file)
        assert SavedState.read(file) == saved
    assert SavedState.read(before(file)) == first
    assert set(tmp_path.iterdir()) == {file, before(file)}


def test_the_users_check_is_asked_at_every_corner_and_its_metrics_are_known(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path}/tuner.db"
    high = toy_config(x={"search": "float", "low": 0.0, "high": 1.5}, trainable=OWN)
    with pytest.raises(UsageError, match=r'study "toy": train: x: 1\.5 is more than 1'):
        launch_own(high, nowhere, tmp_path)
    with pytest.raises(UsageError, match=r"train: check raised KeyError: 'y'"):
        launch_own(toy_config(x=-1, trainable=OWN), nowhere, tmp_path)
    unknown = [{"metric": "scroe", "direction": "maximize"}]
    with pytest.raises(UsageError, match=r'"scroe" is no metric .*did you mean score\? allowed: cost, score'):
        launch_own(toy_config(objectives=unknown, trainable=OWN), nowhere, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_metric_can_hide_what_the_store_keeps(sqlite_url: str, tmp_path: Path) -> None:
    records = launch_own(toy_config(trials=1, trainable=OWN), sqlite_url, tmp_path).study.records()
    assert RESERVED.issuperset(set(results_view.RESULTS.beside))
    assert RESERVED.issuperset(set(records[0].attributes) - {"score", "cost"})
