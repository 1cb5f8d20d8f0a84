"""`confirm` on the project's own trainings: its numbers are those of training by hand, wherever they show."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from tests.tuner.own import write_example
from tests.tuner.test_cli import run
from trainers.config import TrainConfig
from trainers.training.trainer import Trainer
from tuner.store.confirmations.confirmation import Confirmation, Job
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.reading.reader import StudyStore

STUDY = """
study: digits
objectives: [{metric: map_at_r, direction: maximize}, {metric: labelled_samples, direction: minimize}]
budget: {trials: 3, epochs: 3}
sampler: {name: random, seed: 0}
train:
  seed: 5
  dataset: {name: digits, split_by: classes}
  backbone: {name: mlp, hidden: [16]}
  lsdim: {search: categorical, choices: [2, 4, 8]}
  label_percent: {search: float, low: 20.0, high: 100.0}
  loss: {name: triplet}
  batch: {classes: 4, per_class: 4, steps_per_epoch: 3}
  device: cpu
"""
TIMINGS = ("train_seconds", "embed_ms_per_image")
STORAGE = "sqlite:///tuner.db"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    (tmp_path / "study.yaml").write_text(STUDY)


def by_hand(config: dict[str, Any], folder: Path) -> tuple[int, dict[str, float], dict[str, float]]:
    """The best epoch of a training without the tuner, and its metrics on validation and on test."""
    trainer = Trainer(TrainConfig.model_validate(config))
    for _ in trainer.fit():
        trainer.save(folder)
    best = trainer.best
    trainer.load_weights(folder / "model.safetensors")
    return best.epoch, best.metrics, trainer.evaluate_split("test")


def without_timings(metrics: Any, names: Any) -> dict[str, float]:
    return {name: metrics[name] for name in names if name not in TIMINGS}


def test_its_numbers_are_those_of_training_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("launch", "study.yaml", "--serial", monkeypatch=monkeypatch) == 0
    confirm = ("confirm", "digits", "--top", "1", "--serial")
    assert run(*confirm, "--seeds", "2", monkeypatch=monkeypatch) == 0
    assert run(*confirm, "--seeds", "1", "--folds", "2", monkeypatch=monkeypatch) == 0
    view = StudyStore.open(STORAGE).load("digits")
    rows = confirmations_of(view)
    number = rows[0].job.trial
    assert [each.job for each in rows] == [
        Job(number, 1005),
        Job(number, 1005, 2, 0),
        Job(number, 1005, 2, 1),
        Job(number, 1006),
    ]
    (record,) = view.records([number])
    for row in rows:
        config = {**record.attributes["config"], "seed": row.job.seed}
        if row.job.folds:
            config["dataset"] = {**config["dataset"], "folds": 2, "fold": row.job.fold}
        epoch, validation, test = by_hand(config, tmp_path / "by hand" / row.job.folder_name)
        assert row.best_epoch == epoch
        assert without_timings(row.test, test) == without_timings(test, test)
        assert without_timings(row.validation, validation) == without_timings(validation, validation)
        assert row.test["labelled_samples"] == test["labelled_samples"]
    assert len({row.test["map_at_r"] for row in rows}) == 4


def confirmed(seeds: str, monkeypatch: pytest.MonkeyPatch) -> list[Confirmation]:
    assert run("launch", "study.yaml", "--serial", monkeypatch=monkeypatch) == 0
    assert run("confirm", "digits", "--seeds", seeds, "--serial", monkeypatch=monkeypatch) == 0
    return confirmations_of(StudyStore.open(STORAGE).load("digits"))


def test_it_is_shown_beside_the_promise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = confirmed("3", monkeypatch)
    capsys.readouterr()
    assert run("confirm", "digits", "--serial", monkeypatch=monkeypatch) == 0
    table = capsys.readouterr().out
    assert run("front", "digits", "--confirmed", "--json", monkeypatch=monkeypatch) == 0
    front = json.loads(capsys.readouterr().out)
    assert run("front", "digits", "--confirmed", monkeypatch=monkeypatch) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()[1:]] == [
        line.split() for line in table.splitlines()[1:]
    ]
    assert run("export", "digits", monkeypatch=monkeypatch) == 0
    exported = {int(row["trial"]): row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    for trial in front:
        found = [row.test["map_at_r"] for row in rows if row.job.trial == trial["number"]]
        mean, half_width = fmean(found), 4.30265273 * stdev(found) / 3**0.5
        (of_trial,) = trial["confirmed"]
        assert of_trial["seeds"] == [1005, 1006, 1007]
        assert of_trial["test"]["map_at_r"] == {
            "mean": pytest.approx(mean),
            "half_width": pytest.approx(half_width),
            "count": 3,
        }
        promised = trial["values"]["map_at_r"]
        (line,) = [line for line in table.splitlines() if f" {promised:.4g} " in line]
        assert f"{mean:.4g} ± {half_width:.2g}" in line
        # What is known without training is the same on both, and stands once.
        assert line.count(f" {trial['values']['labelled_samples']:.4g} ") == 1
        row = exported[trial["number"]]
        assert float(row["confirmed.map_at_r"]) == pytest.approx(mean)
        assert float(row["confirmed.map_at_r.half_width"]) == pytest.approx(half_width)
        assert row["confirmed.seeds"] == "3"
    others = set(exported) - {trial["number"] for trial in front}
    assert all(exported[number]["confirmed.seeds"] == "" for number in others)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--trials", "0,x"), "--trials: '0,x' is no list of trials; write their numbers, such as 3,17"),
        (("--trials", "7"), "--trials: study 'digits' has no completed trial 7; "),
        (("--top", "1", "--trials", "0"), "--trials and --top both say which trials are confirmed; "),
        (("--serial", "--cluster", "head:6379"), "--serial trains in this process, not on a cluster; "),
        (
            ("--folds", "4"),
            "--folds 4: trial 0: train.dataset.folds: 4 folds are of classes, and split_by: samples puts ",
        ),
    ],
)
def test_a_mistake_is_one_line(
    arguments: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    changes = ("budget={trials: 1, epochs: 1}", "train.dataset={name: digits}")
    assert run("launch", "study.yaml", *changes, "--serial", monkeypatch=monkeypatch) == 0
    capsys.readouterr()
    assert run("confirm", "digits", *arguments, monkeypatch=monkeypatch) == 2
    said = capsys.readouterr().err
    assert said.startswith(message)
    assert len(said.splitlines()) == 1


def test_a_trainer_of_ones_own_knows_no_test_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    launch = ("launch", write_example(tmp_path), "budget={trials: 1, epochs: 2}", "--serial", "--allow-code")
    assert run(*launch, monkeypatch=monkeypatch) == 0
    capsys.readouterr()
    assert run("confirm", "nca-wine", monkeypatch=monkeypatch) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        "study 'nca-wine' trains with code of its own, nca:Nca, which knows no test split; "
    )
    assert len(said.splitlines()) == 1
