"""Trials that are trained again with other seeds: which, in what order, and what becomes of their results."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.tuner import toy
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import launch_toy
from tuner.config.study_config import StudyConfig
from tuner.errors import StudyFailed, UsageError
from tuner.results.front import front_json
from tuner.results.intervals import Interval
from tuner.store.reading.reader import StudyStore
from tuner.study.trial import Report, TrialSpec

THREE = {"seeds": 3, "when": "front"}


def lucky(spec: TrialSpec) -> Iterator[Report]:
    """The toy, whose score is 0.1 better with the first seed where x is above 0.5."""
    luck = 0.1 if spec.config["seed"] == 0 and spec.config["x"] > 0.5 else 0.01 * spec.config["seed"]
    for report in toy.train(spec):
        measured = {**report.metrics, "score": report.metrics["score"] + luck}
        facts = {**report.facts, "config": {**spec.config, "whole": True}, "seed": spec.config["seed"]}
        result = measured if report.result else None
        yield Report(report.epoch, measured, report.checkpoint, result, facts=facts)


def study(**changes: Any) -> StudyConfig:
    return toy_config(**{"trials": 12, "objectives": SINGLE, "replicates": THREE, **changes})


def test_a_lucky_seed_falls_off_the_front(storage_url: str, tmp_path: Path) -> None:
    points = [{"x": 0.3}, {"x": 0.6}, {"x": 0.0}]
    said = io.StringIO()
    launched = launch_toy(study(trials=7, enqueue=points), storage_url, tmp_path, train=lucky, said=said)
    first, fortunate, poor, *others = launched.study.records()
    base = toy.score(0.3, 4)
    assert [result["score"] for result in first.attributes["results"]] == pytest.approx(
        [base, base + 0.01, base + 0.02]
    )
    assert first.values == pytest.approx((base + 0.01,))
    assert first.attributes["score"] == first.values[0]
    assert first.attributes["config"] == {
        "x": 0.3,
        "seed": 0,
        "whole": True,
    }
    assert first.attributes["seed"] == 0
    assert len(fortunate.attributes["results"]) == 2  # their mean is behind the front: no third is needed
    assert fortunate.values[0] == pytest.approx(toy.score(0.6, 4) + (0.1 + 0.01) / 2)
    assert "results" not in poor.attributes  # it never was a candidate
    assert [record.number for record in launched.front] == [0] or launched.front[0].number > 2
    assert "trial 0 may stand on the front: training 2 of 3 follows" in said.getvalue()
    trainings = sum(len(record.attributes.get("results", [0])) for record in launched.study.records())
    assert trainings >= 7  # the budget; the last candidate's may exceed it
    assert len(others) < 4


def test_each_training_has_its_seed_and_its_folder(storage_url: str, tmp_path: Path) -> None:
    trained: list[tuple[int, int, str]] = []

    def noting(spec: TrialSpec) -> Iterator[Report]:
        trained.append((spec.number, spec.config["seed"], spec.folder))
        yield from toy.train(spec)

    config = study(trials=3, replicates={"seeds": 3, "when": "always"})
    launched = launch_toy(config, storage_url, tmp_path, train=noting)
    folder = tmp_path / "runs" / launched.study.folder_name / "trial-00000"
    assert trained == [
        (0, 0, str(folder)),
        (0, 1, str(folder / "training-2")),
        (0, 2, str(folder / "training-3")),
    ]
    assert [epoch for _, epoch, _ in launched.study.reports()] == [1, 2, 3, 4]  # of the first training


def test_folds_come_before_the_next_seed(storage_url: str, tmp_path: Path) -> None:
    trained: list[tuple[int, Any]] = []

    def noting(spec: TrialSpec) -> Iterator[Report]:
        trained.append((spec.config["seed"], spec.config["dataset"]))
        yield from toy.train(spec)

    train = {"x": {"search": "float", "low": 0.0, "high": 1.0}, "seed": 7, "dataset": {"name": "toys"}}
    config = study(trials=4, replicates={"seeds": 2, "folds": 2, "when": "always"}, train=train)
    launch_toy(config, storage_url, tmp_path, train=noting)
    assert [seed for seed, _ in trained] == [7, 7, 8, 8]
    assert [dataset["fold"] for _, dataset in trained] == [0, 1, 0, 1]
    assert trained[0][1] == {"name": "toys", "folds": 2, "fold": 0}


def test_a_training_that_diverges_stops_the_trial(storage_url: str, tmp_path: Path) -> None:
    def fragile(spec: TrialSpec) -> Iterator[Report]:
        behaviour = "diverges" if spec.config["seed"] == 1 else "good"
        spec.config["behaviour"] = behaviour  # type: ignore[index]
        yield from toy.train(spec)

    config = study(trials=4, replicates={"seeds": 2}, early_stopping={"name": "none"})
    with pytest.raises(StudyFailed, match="no trial completed"):
        launch_toy(config, storage_url, tmp_path, train=fragile)
    stopped, also_stopped = StudyStore.open(storage_url).load("toy").records()
    assert stopped.state == also_stopped.state == "PRUNED"
    assert stopped.attributes["reason"] == "training 2 of 2: diverged: loss is inf at epoch 2"


def test_the_front_has_intervals(storage_url: str, tmp_path: Path) -> None:
    launched = launch_toy(study(trials=3, replicates={"seeds": 3}), storage_url, tmp_path, train=lucky)
    (listed,) = json.loads(front_json(launched.study))
    results = [result["score"] for result in listed["attributes"]["results"]]
    interval = listed["intervals"]["score"]
    assert interval["mean"] == pytest.approx(sum(results) / 3)
    assert interval["mean"] == pytest.approx(listed["values"]["score"])
    assert interval["half_width"] == pytest.approx(Interval.of(results).half_width)
    assert interval["count"] == 3


@pytest.mark.parametrize(
    ("replicates", "said"),
    [
        ({"seeds": 1}, "one seed is no replicate"),
        ({"seeds": 3, "when": "never"}, '"never"'),
        ({"seeds": 0}, "0"),
        ({"folds": 1}, "1"),
    ],
)
def test_a_mistake_is_one_line(replicates: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match="replicates") as caught:
        study(replicates=replicates)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("abc", 'train.seed is "abc"; seeds follow it'),
        (None, "train.seed is null; seeds follow it"),
        ({"search": "float", "low": 0.0, "high": 0.5}, "train.seed is 0.0; seeds follow it"),
    ],
)
def test_seeds_can_only_follow_a_whole_number(seed: Any, said: str) -> None:
    with pytest.raises(UsageError, match="replicates") as caught:
        study(train={"x": 0.3, "seed": seed})
    assert said in str(caught.value)


def test_a_grid_trains_every_point_as_often(sqlite_url: str, tmp_path: Path) -> None:
    space = {"x": {"search": "categorical", "choices": [0.1, 0.3, 0.5]}, "seed": 0}
    often = {"sampler": {"name": "grid"}, "replicates": {"seeds": 3, "when": "always"}}
    launched = launch_toy(study(trials=9, train=space, **often), sqlite_url, tmp_path)
    assert [len(record.attributes["results"]) for record in launched.study.records()] == [3, 3, 3]
    assert launched.unmet is None


def dies_in_its_second_training(spec: TrialSpec) -> Iterator[Report]:
    """As `lucky`, but the first time that a second training has come to epoch 2 it kills its process."""
    killed = Path(spec.folder).parents[1] / "killed"
    for report in lucky(spec):
        yield report
        if spec.results and report.epoch == 2 and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_study_killed_in_a_replicate_goes_on_with_it(storage_url: str, tmp_path: Path) -> None:
    config = study(trials=9)
    child = get_context("spawn").Process(
        target=launch_toy, args=(config, storage_url, tmp_path), kwargs={"train": dies_in_its_second_training}
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    resumed = launch_toy(config, storage_url, tmp_path, train=dies_in_its_second_training).study
    straight = launch_toy(study(trials=9, study="straight"), storage_url, tmp_path, train=lucky).study
    ended = [record for record in resumed.records() if record.state == "COMPLETE"]
    assert [(record.params, record.values, record.attributes.get("results")) for record in ended] == [
        (record.params, record.values, record.attributes.get("results")) for record in straight.records()
    ]
    (orphan,) = [record for record in resumed.records() if record.state == "FAIL"]
    (again,) = [record for record in ended if record.attributes.get("follows") == orphan.number]
    assert len(orphan.attributes["results"]) == 1
    assert again.attributes["from_training"] == 1
    assert again.attributes["config"] == {**again.params, "seed": 0, "whole": True}
    assert again.attributes["attempt"] == 1
    assert resumed.remaining == straight.remaining == 0


@pytest.mark.parametrize("when", ["front", "always"])
def test_on_ray_every_candidate_is_trained_as_often(when: str, sqlite_url: str, tmp_path: Path) -> None:
    config = study(trials=8, replicates={"seeds": 2, "when": when})
    launched = launch_toy(config, sqlite_url, tmp_path, serial=False)
    records = launched.study.records()
    assert {record.state for record in records} == {"COMPLETE"}
    trained = [len(record.attributes.get("results", [None])) for record in records]
    assert 8 <= sum(trained) <= 10  # the second trainings of the last two may exceed the budget
    again = {record.number for record in records if "results" in record.attributes}
    assert again == ({record.number for record in records} if when == "always" else again)
    assert {record.number for record in launched.front} <= again
    assert launched.study.remaining == 0
    assert launched.halted is launched.unmet is None
