"""Trials on other data than those before fail, and leave nothing that could be taken for a result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.errors import StudyFailed
from tuner.run.running.same_data import SameData
from tuner.store.reading.reader import StudyStore
from tuner.study.trial import Report, Train, TrialSpec


def trained_on(split_hash: str) -> Train:
    def train(spec: TrialSpec) -> Iterator[Report]:
        for report in toy.train(spec):
            facts = {"split_hash": split_hash, "config": {"dataset": {"name": "mnist", "root": "/data"}}}
            yield replace(report, facts={**report.facts, **facts})

    return train


def test_trials_on_other_data_fail_and_end_the_launch(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=2), sqlite_url, tmp_path, train=trained_on("one"))
    more = toy_config(trials=4, failures_in_a_row=1)
    with pytest.raises(
        StudyFailed, match="2 x its data are not those of trial 0: split_hash is two, and was"
    ):
        launch_toy(more, sqlite_url, tmp_path, train=trained_on("two"))
    view = StudyStore.open(sqlite_url).load("toy")
    records = view.records()
    assert [record.state for record in records] == ["COMPLETE", "COMPLETE", "FAIL", "FAIL"]
    assert all({"score", "checkpoint"}.isdisjoint(record.attributes) for record in records[2:])
    assert {number for number, _, _ in view.reports()} == {0, 1}
    launch_toy(more, sqlite_url, tmp_path, train=trained_on("one"))
    assert StudyStore.open(sqlite_url).load("toy").count("COMPLETE") == 4


def test_another_data_set_or_fold_may_have_other_splits() -> None:
    def report(split_hash: str, **dataset: Any) -> Report:
        return Report(1, {"score": 1.0}, facts={"split_hash": split_hash, "config": {"dataset": dataset}})

    spec = TrialSpec(7, {}, {}, 1, "score", "maximize", 1, "folder")
    data = SameData([(3, {"dataset": {"folds": 2, "fold": 0}}, "a"), (4, "spoiled", "b")])
    for fine in (report("a", fold=0, folds=2), report("c", fold=1, folds=2), Report(2, {"score": 1.0})):
        assert data.checked(spec, fine) is fine
    error = data.checked(spec, report("d", fold=1, folds=2)).error
    assert error is not None
    assert error.startswith("its data are not those of trial 7: split_hash is d, and was c; put back")
