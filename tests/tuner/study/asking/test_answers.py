"""Trials whose training another has completed: they have its result, and nothing is trained."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.config.study_config import StudyConfig
from tuner.study.trial import Report, TrialSpec

CHOICES = {"search": "categorical", "choices": [0.1, 0.5]}
ONE = {"search": "categorical", "choices": [0.5]}


def study(**changes: Any) -> StudyConfig:
    return toy_config(**{"trials": 5, "x": CHOICES, "sampler": {"name": "random"}, **changes})


@pytest.mark.parametrize("serial", [True, False])
def test_equal_parameters_are_trained_once(serial: bool, storage_url: str, tmp_path: Path) -> None:
    said = io.StringIO()
    launched = launch_toy(study(), storage_url, tmp_path, serial=serial, said=said)
    records = launched.study.records()
    assert [record.state for record in records] == ["COMPLETE"] * 5
    answered = [record for record in records if "same_as" in record.attributes]
    trained = {record.number: record for record in records if "same_as" not in record.attributes}
    assert answered
    for record in answered:
        twin = trained[record.attributes["same_as"]]
        assert record.params == twin.params
        assert record.values == twin.values
        assert record.attributes["seconds"] == 0.0
        for name in ("score", "cost", "split_hash", "checkpoint", "epoch", "config"):
            assert record.attributes[name] == twin.attributes[name]
        assert f"(as trial {twin.number}, not trained again)" in said.getvalue()
    assert len(launched.study.reports()) == 4 * len(trained)
    assert launched.study.remaining == 0


def test_the_next_launch_knows_what_was_trained(storage_url: str, tmp_path: Path) -> None:
    calls: list[int] = []

    def counting(spec: TrialSpec) -> Iterator[Report]:
        calls.append(spec.number)
        return toy.train(spec)

    for trials in (3, 6, 9):
        view = launch_toy(study(trials=trials), storage_url, tmp_path, train=counting).study
    assert len(calls) == len({record.params["x"] for record in view.records()}) == 2


def test_more_epochs_are_another_training(storage_url: str, tmp_path: Path) -> None:
    launch_toy(study(x=ONE, trials=2), storage_url, tmp_path)
    records = launch_toy(study(x=ONE, trials=4, epochs=6), storage_url, tmp_path).study.records()
    assert [record.attributes.get("same_as") for record in records] == [None, 0, None, 2]


def test_what_was_stopped_is_trained_again(storage_url: str, tmp_path: Path) -> None:
    behaviour = {"search": "categorical", "choices": ["diverges", "good"]}
    points = [{"behaviour": "diverges"}, {"behaviour": "good"}]
    config = study(x=ONE, behaviour=behaviour, enqueue=points, trials=6)
    records = launch_toy(config, storage_url, tmp_path).study.records()
    for record in records:
        stopped = record.params["behaviour"] == "diverges"
        assert record.state == ("PRUNED" if stopped else "COMPLETE")
        assert ("same_as" in record.attributes) == (not stopped and record.number > 1)
