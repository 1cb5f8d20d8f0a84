"""`model` on real studies: the right trial, its own weights, and a line for whatever has none."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy import text

import trainers
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.own import write_example
from tests.tuner.test_cli import run
from trainers.config import TrainConfig
from trainers.training.saving import checkpoint
from trainers.training.trainer import Trainer
from tuner.errors import StudyFailed
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView

STUDY = """
study: digits
objectives: [{metric: map_at_r, direction: maximize}, {metric: lsdim, direction: minimize}]
budget: {trials: 3, epochs: 3}
sampler: {name: random, seed: 0}
enqueue: [{lsdim: 2}, {lsdim: 8}]
train:
  seed: 5
  dataset: {name: digits, split_by: classes}
  backbone: {name: mlp, hidden: [16]}
  lsdim: {search: categorical, choices: [2, 8]}
  loss: {name: triplet}
  batch: {classes: 4, per_class: 4, steps_per_epoch: 3}
  device: cpu
"""
STORAGE = "sqlite:///tuner.db"

Run = Callable[..., int]


@pytest.fixture
def tuner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    (tmp_path / "study.yaml").write_text(STUDY)
    return lambda *words: run(*words, monkeypatch=monkeypatch)


def view() -> StudyView:
    return StudyStore.open(STORAGE).load("digits")


def retrained(record: Any) -> Trainer:
    """The training of a trial's own config, at the weights of its best epoch."""
    trainer, folder = Trainer(TrainConfig.model_validate(record.attributes["config"])), Path("again")
    for _ in trainer.fit():
        trainer.save(folder)
    trainer.load_weights(folder / "model.safetensors")
    return trainer


def assert_is_of(folder: Path, record: Any) -> None:
    trainer = retrained(record)
    images = trainer.task.data.images[trainer.task.splits.validation]
    embedder = trainers.load(folder, "cpu")
    assert torch.equal(embedder.embed(images), trainer.learner.embed(images))
    assert embedder.facts.seed == record.attributes["seed"]


def test_the_best_one_trial_and_the_front(tuner: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuner("launch", "study.yaml", "--serial", "keep={models: all}") == 0
    records = view().records()
    best = max(records[:2], key=lambda record: record.values[0])
    capsys.readouterr()
    assert tuner("model", "digits", "--to", "best") == 0
    assert capsys.readouterr().out == f"trial {best.number}: best\n"
    assert_is_of(Path("best"), best)
    assert tuner("model", "digits", "0", "--to", "deep/zero") == 0
    assert_is_of(Path("deep/zero"), records[0])
    facts = json.loads(Path("deep/zero/model.json").read_text())
    assert facts["origin"]["source"] == "trial 0 of study digits"
    assert facts["origin"]["params"] == {"lsdim": 2}
    assert facts["origin"]["versions"]["torch"] == torch.__version__.partition("+")[0]
    assert facts["metrics"]["map_at_r"] == records[0].values[0]
    # Trial 2 has the result of one before and was not trained: it has no folder of its own.
    same = records[2].attributes["same_as"]
    assert tuner("model", "digits", "2", "--to", "two") == 0
    assert_is_of(Path("two"), records[same])
    capsys.readouterr()
    front = [record.number for record in view().front()]
    assert tuner("model", "digits", "--front", "--to", "front") == 0
    assert {path.name for path in Path("front").iterdir()} == {f"trial-{number:05d}" for number in front}
    assert sorted(capsys.readouterr().out.splitlines()) == [
        f"trial {each}: front/trial-{each:05d}" for each in front
    ]
    for number in front:
        assert_is_of(Path(f"front/trial-{number:05d}"), records[number])


def test_of_replicates_it_is_the_first_training(tuner: Run) -> None:
    always = "replicates={seeds: 2, when: always}"
    assert tuner("launch", "study.yaml", "--serial", always, "budget={trials: 1, epochs: 2}") == 0
    (record,) = view().records([0])
    assert record.attributes["checkpoint"].endswith("trial-00000/training-2/state.safetensors")
    assert tuner("model", "digits", "0", "--to", "m") == 0
    assert_is_of(Path("m"), record)
    facts = json.loads(Path("m/model.json").read_text())
    assert facts["metrics"]["map_at_r"] == record.attributes["results"][0]["map_at_r"] != record.values[0]
    assert facts["origin"]["trainings"] == 2


def test_the_card_has_what_was_confirmed(tuner: Run) -> None:
    assert tuner("launch", "study.yaml", "--serial", "budget={trials: 1, epochs: 2}") == 0
    assert tuner("confirm", "digits", "--seeds", "2", "--serial") == 0
    assert tuner("model", "digits", "--to", "m") == 0
    (found,) = json.loads(Path("m/model.json").read_text())["origin"]["confirmed"]
    assert found["seeds"] == [1005, 1006]
    assert found["test"]["map_at_r"]["count"] == 2
    assert f"| {found['test']['map_at_r']['mean']:.4g} ± " in Path("m/README.md").read_text()


def test_runs_that_were_moved_are_found_where_tuner_runs_says(
    tuner: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tuner("launch", "study.yaml", "--serial", "budget={trials: 1, epochs: 1}") == 0
    Path("runs").rename("moved")
    assert tuner("model", "digits", "--to", "m") == 2
    monkeypatch.setenv("TUNER_RUNS", "moved")
    assert tuner("model", "digits", "--to", "m") == 0


def refused(tuner: Run, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    before = sorted(Path.cwd().iterdir())
    capsys.readouterr()
    assert tuner("model", *words) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert printed.out == ""
    assert sorted(Path.cwd().iterdir()) == before
    return line


def test_a_trial_without_a_model_is_one_line(tuner: Run, capsys: pytest.CaptureFixture[str]) -> None:
    kept = "keep={states: all, models: all}"
    assert tuner("launch", "study.yaml", "--serial", "budget={trials: 2, epochs: 2}", kept) == 0
    assert tuner("enqueue", "digits", "lsdim=2") == 0
    assert "there is no trial 9; only a completed" in refused(tuner, capsys, "digits", "9", "--to", "m")
    assert "trial 2 waits; only a completed" in refused(tuner, capsys, "digits", "2", "--to", "m")
    assert "leave one of the two out" in refused(tuner, capsys, "digits", "1", "--front", "--to", "m")
    Path("taken").mkdir()
    Path("taken/mine").write_text("mine")
    line = "--to: taken cannot be written: it is not empty; name a new folder"
    assert refused(tuner, capsys, "digits", "--to", "taken") == line
    assert [path.name for path in Path("taken").iterdir()] == ["mine"]
    folder = Path("runs") / view().folder_name / "trial-00001"
    shutil.copytree(folder, "kept")
    # As on a disk that was full at the best epoch: the files are of an earlier one, and go together.
    tensors, facts = checkpoint.read(folder / "state.safetensors")
    for evaluation in facts["history"]:
        evaluation["metrics"]["map_at_r"] /= 2
    checkpoint.write(folder / "state.safetensors", tensors, facts)
    assert "could not be saved; see its `checkpoint_failed`" in refused(
        tuner, capsys, "digits", "1", "--to", "m"
    )
    shutil.rmtree(folder)
    line = refused(tuner, capsys, "digits", "1", "--to", "m")
    assert re.search(r"the model of trial 1 is not on this machine, as .*trial-00001/model\.saf", line)


def test_a_trial_off_the_front_keeps_no_model(tuner: Run, capsys: pytest.CaptureFixture[str]) -> None:
    points = "enqueue=[{lsdim: 2}, {lsdim: 8}]"
    one = "objectives=[{metric: lsdim, direction: minimize}]"
    assert tuner("launch", "study.yaml", "--serial", "budget={trials: 2, epochs: 1}", points, one) == 0
    line = refused(tuner, capsys, "digits", "1", "--to", "m")
    assert line.endswith("only `keep: {models: all}` keeps the models of such trials")
    assert tuner("model", "digits", "--to", "m") == 0


def test_stopped_and_failed_trials_and_a_study_without_any(
    tuner: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choices = {"search": "categorical", "choices": ["diverges", "raises"]}
    points = [{"x": 0.1, "behaviour": word} for word in choices["choices"]]
    config = toy_config(
        trials=1,
        train={"x": {"search": "float", "low": 0.0, "high": 1.0}, "behaviour": choices},
        enqueue=points,
        failures=5,
    )
    with pytest.raises(StudyFailed):
        launch_toy(config, f"sqlite:///{tmp_path}/tuner.db", tmp_path)
    assert "has no front yet" in refused(tuner, capsys, "toy", "--to", "m")
    assert "trial 0 was stopped; only a completed" in refused(tuner, capsys, "toy", "0", "--to", "m")


def test_a_study_of_a_users_own_trainer_is_refused(
    tuner: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_example(tmp_path)
    assert tuner("launch", "nca.yaml", "--serial", "--allow-code", "budget.trials=1") == 0
    (name,) = [each.name for each in StudyStore.open(STORAGE).studies()]
    assert "trains with code of its own, nca:" in refused(tuner, capsys, name, "--to", "m")


def test_no_study_of_that_name(tuner: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuner("launch", "study.yaml", "--serial", "budget={trials: 1, epochs: 1}") == 0
    assert "digit" in refused(tuner, capsys, "digit", "--to", "m")


def test_the_figures_of_the_front_lie_in_its_trials_folders(
    tuner: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuner("launch", "study.yaml", "--serial") == 0
    capsys.readouterr()
    assert tuner("figures", "digits") == 0
    front = view().front()
    folder = view().folder_in(Path("runs").absolute())
    drawn = {path.parent.name for path in folder.glob("trial-*/learning_curves.html")}
    assert drawn == {f"trial-{record.attributes.get('same_as', record.origin):05d}" for record in front}
    assert len(capsys.readouterr().out.splitlines()) == 3 * len(front)


def test_a_trial_is_trained_again_with_equal_metrics(tuner: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuner("launch", "study.yaml", "--serial") == 0
    before = view().records()
    capsys.readouterr()
    assert tuner("rerun", "digits", "0") == 0
    assert re.fullmatch(r"trial 0: equal: all \d\d metrics\n", capsys.readouterr().out)
    assert view().records() == before
    engine = StudyStore.open(STORAGE).engine
    with engine.begin() as connection:
        changed = text("UPDATE trial_user_attributes SET value_json = '0.5' WHERE key = 'ari'")
        connection.execute(changed)
    assert tuner("rerun", "digits", "0") == 3
    line, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"ari: 0\.5 stored, 0\.\d+ now", line)
    assert last.startswith("trial 0: not equal: 1 of ")


def test_a_trial_without_a_result_of_its_own_is_not_trained_again(
    tuner: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuner("launch", "study.yaml", "--serial") == 0
    copies = [record.number for record in view().records() if "same_as" in record.attributes]
    assert copies
    assert tuner("rerun", "digits", str(copies[0])) == 2
    assert "has no result of its own training" in capsys.readouterr().err
