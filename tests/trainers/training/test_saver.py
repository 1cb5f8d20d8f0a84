"""When a training is saved, and that a training goes on while it is."""

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainers.training.test_trainer import timeless
from trainers.training.saving import checkpoint, snapshot
from trainers.training.saving.history import HISTORY, MODEL, STATE
from trainers.training.saving.saver import Saver
from trainers.training.trainer import Trainer


def epochs_on_disk(folder: Path) -> int:
    return len(checkpoint.read(folder / STATE)[1]["history"]) if (folder / STATE).exists() else 0


def test_with_no_time_between_saves_each_epoch_is_on_the_disk_at_once(small: Any, tmp_path: Path) -> None:
    trainer = Trainer(small(epochs=3))
    with Saver(trainer, tmp_path, 0) as saver:
        for evaluation in trainer.fit():
            assert saver.save() is None
            assert saver.state == tmp_path / STATE
            assert epochs_on_disk(tmp_path) == evaluation.epoch


def test_a_training_that_takes_less_is_saved_at_its_end_alone(small: Any, tmp_path: Path) -> None:
    trainer = Trainer(small(epochs=3))
    seen = []
    with Saver(trainer, tmp_path, 3600) as saver:
        for _ in trainer.fit():
            assert saver.save() is None
            seen.append((saver.state is not None, epochs_on_disk(tmp_path)))
    assert seen == [(False, 0), (False, 0), (True, 3)]
    assert (tmp_path / HISTORY).exists()
    facts = checkpoint.facts_of(tmp_path / MODEL)
    assert facts is not None
    assert facts["epoch"] == trainer.best.epoch


def test_a_verdict_to_stop_on_is_an_end_too(small: Any, tmp_path: Path) -> None:
    trainer = Trainer(small(epochs=3, stop_on=["converged"]))
    with Saver(trainer, tmp_path, 3600) as saver:
        next(trainer.fit())
        saver.save()
        assert epochs_on_disk(tmp_path) == 0
        health = trainer.history[0].health
        object.__setattr__(health, "verdict", "converged")
        saver.save()
        assert epochs_on_disk(tmp_path) == 1


def test_the_training_goes_on_while_it_is_written(
    small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write, write = threading.Event(), checkpoint.write

    def wait(*args: Any, **options: Any) -> None:
        assert may_write.wait(60)
        write(*args, **options)

    monkeypatch.setattr(snapshot.checkpoint, "write", wait)
    trainer, again = Trainer(small(epochs=3)), Trainer(small(epochs=3))
    with Saver(trainer, tmp_path, 1e-9) as saver:
        training = trainer.fit()
        next(training)
        assert saver.save() is None  # on its way
        assert saver.state is None
        next(training)
        may_write.set()
    assert epochs_on_disk(tmp_path) == 1
    again.restore(tmp_path / STATE)
    list(training), list(again.fit())
    assert timeless(again.history) == timeless(trainer.history)
    ours, theirs = again.learner.model.state_dict(), trainer.learner.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_full_disk_is_said_once_and_the_next_save_is_tried(
    small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, write = [True], checkpoint.write

    def write_if_there_is_room(*args: Any, **options: Any) -> None:
        if full[0]:
            raise OSError(28, "No space left on device")
        write(*args, **options)

    monkeypatch.setattr(snapshot.checkpoint, "write", write_if_there_is_room)
    trainer = Trainer(small(epochs=3))
    with Saver(trainer, tmp_path, 0) as saver:
        training = trainer.fit()
        next(training)
        assert saver.save() == "epoch 1: [Errno 28] No space left on device"
        full[0] = False
        next(training)
        assert saver.save() is None
    assert epochs_on_disk(tmp_path) == 2
    facts = checkpoint.facts_of(tmp_path / MODEL)
    assert facts is not None
    assert facts["epoch"] == trainer.best.epoch


def test_the_model_is_the_best_epochs_though_it_was_not_saved_then(small: Any, tmp_path: Path) -> None:
    trainer = Trainer(small(epochs=4, monitor={"metric": "loss", "direction": "maximize"}))
    weights = {}
    for evaluation in trainer.fit():
        state = trainer.learner.model.state_dict()
        weights[evaluation.epoch] = {name: tensor.clone() for name, tensor in state.items()}
    trainer.save(tmp_path)
    tensors, facts = checkpoint.read(tmp_path / MODEL)
    assert facts["epoch"] == trainer.best.epoch < 4
    best = weights[trainer.best.epoch]
    assert all(torch.equal(tensors[name], best[name]) for name in best)


def test_facts_of_what_is_no_file_of_ours(tmp_path: Path) -> None:
    assert checkpoint.facts_of(tmp_path / "none") is None
    (tmp_path / "text").write_text("no tensors")
    assert checkpoint.facts_of(tmp_path / "text") is None
