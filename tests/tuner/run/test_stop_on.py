"""Trainings of a study that stop on their own verdict: PRUNED with the reason, every epoch in the store."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import create_engine, text

from tuner.config.study_config import StudyConfig
from tuner.run import trainable
from tuner.run.launch import launch
from tuner.settings import Settings
from tuner.study.outcome import Stopped, outcome_of
from tuner.study.trial import TrialSpec

TRAPPED: dict[str, Any] = {
    "dataset": {"name": "synthetic", "mode_spread": 5},
    "backbone": {"name": "mlp", "hidden": [64]},
    "lsdim": 64,
    "loss": {"name": "triplet", "margin": 0.28, "reg_ratio": 2.5},
    "batch": {"classes": 8, "per_class": 4, "steps_per_epoch": 20},
    "device": "cpu",
}
STUDY = {
    "study": "trapped",
    "objectives": [{"metric": "recall_at_1", "direction": "maximize"}],
    "budget": {"trials": 2, "epochs": 4},
    "sampler": {"name": "grid"},
    "train": TRAPPED | {"stop_on": {"search": "categorical", "choices": [None, "equilateral"]}},
}


def test_a_stop_is_pruned_with_its_reason_and_its_epochs(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(storage=sqlite_url, runs_folder=tmp_path / "runs", ray_address=None)
    config = StudyConfig.from_json(json.dumps(STUDY))
    launched = launch(config, trainable, settings, Console(file=io.StringIO()), serial=True)
    by_choice = {record.params["stop_on"]: record for record in launched.study.records()}
    free, told = by_choice[None], by_choice["equilateral"]
    assert (free.state, told.state) == ("COMPLETE", "PRUNED")
    assert told.attributes["reason"].startswith("equilateral: active_ratio 0.")
    assert told.attributes["reason"].endswith(" at epoch 3")
    assert {record.attributes["health"] for record in (free, told)} == {"equilateral"}
    assert told.attributes["health_reason"] in told.attributes["reason"]
    seen = [epoch for number, epoch, _ in launched.study.reports() if number == told.number]
    assert seen == [1, 2, 3]
    assert told.attributes["direction_cosine"] > 0.45
    with create_engine(sqlite_url).connect() as connection:
        rows = connection.execute(text("SELECT state, health, health_reason FROM tuner_results")).all()
    assert {(state, health) for state, health, _ in rows} == {
        ("COMPLETE", "equilateral"),
        ("PRUNED", "equilateral"),
    }
    assert all(reason.startswith("active_ratio ") for _, _, reason in rows)


def spec(folder: Path, **changes: Any) -> TrialSpec:
    return TrialSpec(0, {}, TRAPPED | changes, 4, "recall_at_1", "maximize", 1, str(folder))


def test_what_diverges_says_so_in_its_last_report(tmp_path: Path) -> None:
    (last,) = trainable.train(spec(tmp_path, optimizer={"name": "adam", "lr": 1e30}))
    assert str(last.stopped) == f"diverged: {last.facts['health_reason']}"
    assert last.facts["health"] == "diverged"


@pytest.mark.parametrize("reported", [2, 3])
def test_a_stop_that_was_lost_on_its_way_is_reported_with_its_epoch(reported: int, tmp_path: Path) -> None:
    *_, third, stop = trainable.train(spec(tmp_path, stop_on=["equilateral"]))
    assert (third.epoch, stop.epoch) == (3, 3)
    resumed = replace(spec(tmp_path, stop_on=["equilateral"]), checkpoint=third.checkpoint, reported=reported)
    again, end = trainable.train(resumed)
    assert (again.epoch, again.metrics) == (3, third.metrics)
    assert again.facts["health"] == "equilateral"
    outcome = outcome_of(end, ["recall_at_1"])
    assert outcome == Stopped(third.metrics, 3, str(stop.stopped))
