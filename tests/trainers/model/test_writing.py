"""A training becomes a model's folder: whole, from what the training left, and nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch

import trainers
from tests.trainers.model.embedded import ORIGIN, expected
from trainers.config import load_config
from trainers.data.datasets.digits import Digits
from trainers.errors import TrainerError
from trainers.model.facts import Confirmed, Interval, Origin
from trainers.model.writing import write_model
from trainers.training.saving import checkpoint

FILES = {"model.safetensors", "model.json", "config.yaml", "README.md"}


def test_the_folder_has_all_that_is_known(written: Any) -> None:
    trainer, folder = written(dataset={"name": "digits", "split_by": "classes"}, label_percent=50, seed=7)
    assert {path.name for path in folder.iterdir()} == FILES
    facts = json.loads((folder / "model.json").read_text())
    splits = trainer.task.splits
    assert facts["labels"]["names"] == list("0123456789")
    assert facts["labels"]["trained"] == sorted(
        {str(int(each)) for each in trainer.task.data.labels[splits.train]}
    )
    assert len(facts["labels"]["trained"]) == 6
    assert facts["images"] == {
        "train": len(splits.train),
        "validation": len(splits.validation),
        "test": len(splits.test),
        "labelled": len(trainer.task.labelled),
    }
    assert facts["metrics"] == trainer.best.metrics
    assert (facts["seed"], facts["epoch"], facts["lsdim"]) == (7, trainer.best.epoch, 4)
    assert load_config(folder / "config.yaml") == trainer.config


def test_it_needs_no_data(trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = trained()

    def gone(_: object) -> None:
        raise AssertionError("the data were loaded")

    images = expected(trainer)
    monkeypatch.setattr(Digits, "load", gone)
    write_model(tmp_path / "training", tmp_path / "model", ORIGIN)
    validation = trainer.task.data.images[trainer.task.splits.validation]
    assert torch.equal(trainers.load(tmp_path / "model", "cpu").embed(validation), images)


def test_of_files_of_a_version_before_the_data_are_read(written: Any, tmp_path: Path) -> None:
    _, folder = written()
    file = tmp_path / "training" / "model.safetensors"
    tensors, facts = checkpoint.read(file)
    del facts["data"]
    checkpoint.write(file, tensors, facts)
    write_model(tmp_path / "training", tmp_path / "again", ORIGIN)
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("name", ["model.safetensors", "state.safetensors"])
def test_a_file_that_is_missing_or_damaged_is_one_line(trained: Any, name: str, tmp_path: Path) -> None:
    trained()
    file = tmp_path / "training" / name
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(TrainerError, match=f"^{file}: is no checkpoint that can be read"):
        write_model(tmp_path / "training", tmp_path / "model", ORIGIN)
    file.unlink()
    (file.parent / "history.safetensors").unlink()
    with pytest.raises(TrainerError, match=f"^{file}: is not there; name the folder of a training"):
        write_model(tmp_path / "training", tmp_path / "model", ORIGIN)
    assert {path.name for path in tmp_path.iterdir()} == {"training"}


def test_weights_of_another_epoch_than_the_best_are_refused(trained: Any, tmp_path: Path) -> None:
    trained()
    file = tmp_path / "training" / "model.safetensors"
    tensors, facts = checkpoint.read(file)
    checkpoint.write(file, tensors, facts | {"epoch": facts["epoch"] % 2 + 1})
    with pytest.raises(TrainerError, match=r"holds the weights of epoch \d, and the best one is \d"):
        write_model(tmp_path / "training", tmp_path / "model", ORIGIN)


def test_a_state_of_another_training_is_refused(trained: Any, tmp_path: Path) -> None:
    trained()
    kept = (tmp_path / "training" / "model.safetensors").read_bytes()
    trained(seed=1)
    (tmp_path / "training" / "model.safetensors").write_bytes(kept)
    with pytest.raises(TrainerError, match=r"is the state of another config; restore"):
        write_model(tmp_path / "training", tmp_path / "model", ORIGIN)


def test_a_folder_that_is_taken_is_one_line(written: Any, tmp_path: Path) -> None:
    _, folder = written()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    said = f"{folder}: cannot be written: it is not empty; name a folder that is not there yet"
    with pytest.raises(TrainerError, match=f"^{re.escape(said)}$"):
        write_model(tmp_path / "training", folder, ORIGIN)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def card(folder: Path) -> str:
    return (folder / "README.md").read_text()


def test_the_card_says_what_it_is_worth_and_what_is_not_known(written: Any) -> None:
    trainer, folder = written()
    text = card(folder)
    assert text.startswith("# trial 3 of study x\n")
    assert f"| `map\\_at\\_r` | {trainer.best.metrics['map_at_r']:.4g} |".replace("\\", "") in text
    assert "Nothing was measured on the test split." in text
    assert "1079 images train, of which 1079 have their label known" in text
    assert "`embed` makes images grey" in text
    assert "model.onnx" not in text


def test_the_card_has_what_was_confirmed_beside_it(trained: Any, tmp_path: Path) -> None:
    trained()
    found = {"map_at_r": Interval(mean=0.5, half_width=0.25, count=3)}
    confirmed = Confirmed(folds=None, seeds=(1000, 1001, 1002), test=found, validation={})
    origin = Origin(
        source="trial 4 of study <b>", params={"loss.margin": 0.2}, trainings=3, confirmed=(confirmed,)
    )
    write_model(tmp_path / "training", tmp_path / "model", origin)
    text = card(tmp_path / "model")
    assert text.startswith("# trial 4 of study \\<b\\>\n")
    assert "| metric | validation | test, 3 seeds | validation, 3 seeds |" in text
    assert "| 0.5 ± 0.25 |" in text
    assert "Searched: `loss.margin` 0.2." in text
    assert "trained 3 times; this is the first training" in text
    assert "have not been judged on the test split" in " ".join(text.split())
    assert trainers.load(tmp_path / "model", "cpu").facts.origin == origin


def test_the_commands_on_the_card_work(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, folder = written()
    code = re.search(r"```python\n(.*?)```", card(folder), re.DOTALL)[1].replace("THIS_FOLDER", str(folder))
    from torchvision.transforms.functional import to_pil_image

    monkeypatch.chdir(folder)
    for name in ("a.png", "b.png"):
        to_pil_image(trainer.task.data.images[0]).save(name)
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["embeddings"].shape == (2, 4)
    assert torch.allclose(names["points"].norm(dim=1), torch.ones(2))
