"""A model embeds what its training embedded, to the bit, from its folder alone."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torchvision.models import googlenet, resnet18
from torchvision.transforms.functional import to_pil_image

import trainers
from tests.trainers.model.embedded import expected
from trainers.data.datasets.files.image_files import ImageFiles
from trainers.errors import ConfigError, TrainerError
from trainers.training.trainer import Trainer

VAE = {"backbone": {"name": "vae_conv"}, "unsupervised": {"name": "unit_prior"}}
CLUSTERS = {"dataset": {"name": "synthetic", "samples_per_class": 20, "dims": 8}}
CHANGES: dict[str, dict[str, Any]] = {
    "mlp": {},
    "by classes, few labels": {"dataset": {"name": "digits", "split_by": "classes"}, "label_percent": 20},
    "raw pixels": {"standardise": False},
    "convnet, cropped": {
        "backbone": {"name": "convnet"},
        "augmentation": {"name": "crop_and_flip", "crop": 6},
    },
    "posterior": VAE,
    "vectors": CLUSTERS,
    "no sphere": {"loss": {"name": "contrastive", "normalize": False}},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_validation_images_are_embedded_as_the_trainer_does(changes: Any, written: Any) -> None:
    trainer, folder = written(**changes)
    embedder = trainers.load(folder, "cpu")
    images = trainer.task.data.images[trainer.task.splits.validation]
    embeddings = embedder.embed(images)
    assert torch.equal(embeddings, expected(trainer))
    assert embeddings.shape == (len(images), embedder.lsdim)
    points = trainer.config.loss.geometry.points(embeddings)
    assert torch.equal(embedder.points(embeddings), points)


@pytest.mark.parametrize("crop", [None, 16])
@pytest.mark.parametrize("decode", ["once", "every_epoch"])
@pytest.mark.parametrize("grayscale", [False, True])
def test_files_are_embedded_as_the_trainer_does(
    crop: int | None, decode: str, grayscale: bool, folder_of_images: Path, tmp_path: Path, written: Any
) -> None:
    root = tmp_path / "wide"
    for file in sorted(folder_of_images.rglob("*.png")):  # as wide again as they are high
        (root / file.parent.name).mkdir(parents=True, exist_ok=True)
        with Image.open(file) as image:
            image.resize((50, 25)).save(root / file.parent.name / file.name)
    dataset = {"name": "image_folder", "root": root, "image_size": 18, "grayscale": grayscale}
    augmentation = {"name": "crop_and_flip", "crop": crop} if crop else None
    batch = {"classes": 2, "per_class": 2, "steps_per_epoch": 2}
    trainer, folder = written(
        dataset=dataset | {"decode": decode},
        augmentation=augmentation,
        backbone={"name": "convnet"},
        batch=batch,
    )
    files = [file for name in ("blue", "green", "red") for file in sorted((root / name).glob("*.png"))]
    shutil.copytree(root, tmp_path / "elsewhere")
    shutil.rmtree(root)  # at load nothing of the training's data is there
    embedder = trainers.load(folder, "cpu")
    shutil.copytree(tmp_path / "elsewhere", root)
    validation = [files[index] for index in trainer.task.splits.validation.tolist()]
    assert torch.equal(embedder.embed(validation), expected(trainer))
    assert isinstance(trainer.task.data.images, ImageFiles) == (decode == "every_epoch")


@pytest.mark.parametrize(("name", "network"), [("resnet18", resnet18), ("googlenet", googlenet)])
def test_given_weights_are_not_asked_for_again(
    name: str, network: Any, folder_of_images: Path, tmp_path: Path, written: Any
) -> None:
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    weights = tmp_path / "given.safetensors"
    save_file(network(**options).state_dict(), weights)
    trainer, folder = written(
        dataset={"name": "image_folder", "root": folder_of_images},
        backbone={"name": name, "weights": weights, "frozen": "backbone"},
        batch={"classes": 2, "per_class": 2, "steps_per_epoch": 1},
        epochs=1,
    )
    weights.unlink()
    embedder = trainers.load(folder, "cpu")
    images = trainer.task.data.images[trainer.task.splits.validation]
    assert torch.equal(embedder.embed(images), expected(trainer))


def test_it_is_the_best_epochs_and_not_the_last(written: Any) -> None:
    # Epochs are compared by the time they took so far, so that the first is the best.
    trainer, folder = written(epochs=4, monitor={"metric": "train_seconds"})
    embedder = trainers.load(folder, "cpu")
    assert embedder.facts.epoch == trainer.best.epoch == 1
    assert embedder.facts.metrics == trainer.best.metrics
    images = trainer.task.data.images[trainer.task.splits.validation]
    again = trainer.evaluate_split("validation")
    assert again["map_at_r"] == embedder.facts.metrics["map_at_r"]
    assert torch.equal(embedder.embed(images), expected(trainer))


def test_loading_leaves_chance_alone(written: Any) -> None:
    _, folder = written()
    torch.manual_seed(3)
    before = torch.get_rng_state()
    trainers.load(folder, "cpu")
    assert torch.equal(torch.get_rng_state(), before)


def test_more_images_than_pass_at_once(written: Any) -> None:
    trainer, folder = written()
    embedder, images = trainers.load(folder, "cpu"), trainer.task.data.images
    assert len(images) > 1024
    assert torch.equal(embedder.embed(images), trainer.learner.embed(images))


def test_nothing_to_embed(written: Any) -> None:
    _, folder = written()
    assert trainers.load(folder, "cpu").embed([]).shape == (0, 4)


def test_a_device_that_is_not_there_is_one_line(written: Any) -> None:
    _, folder = written()
    for device in ("cuda:99", "nonsense"):
        with pytest.raises(
            ConfigError, match=rf"^device: {device} cannot be used here \(.*\); write auto or cpu$"
        ):
            trainers.load(folder, device)


def test_importing_the_package_imports_no_torch() -> None:
    code = "import sys, trainers; trainers.load; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def model(written: Callable[..., tuple[Trainer, Path]]) -> Path:
    return written()[1]


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
def test_a_missing_file_is_one_line(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(
        TrainerError, match=rf"^{model / name}: cannot be read \(.*\); name the folder of a model$"
    ):
        trainers.load(model)


def test_damaged_weights_are_one_line(model: Path) -> None:
    file = model / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(TrainerError, match="is damaged, or of another model than the files beside it"):
        trainers.load(model)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"format": 2}, "format: "), ({"backbone": {"name": "mpl"}}, "backbone"), ({"lsdims": 1}, "lsdims: ")],
)
def test_facts_of_another_version_are_one_line(model: Path, changes: Any, said: str) -> None:
    facts = json.loads((model / "model.json").read_text())
    (model / "model.json").write_text(json.dumps(facts | changes))
    with pytest.raises(TrainerError, match=r"is no model of this version \(.*\)") as error:
        trainers.load(model)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("changes", [{"outputs": 5}, {"backbone": {"name": "mlp", "hidden": [7]}}])
def test_facts_of_another_network_are_one_line(model: Path, changes: Any) -> None:
    facts = json.loads((model / "model.json").read_text())
    (model / "model.json").write_text(json.dumps(facts | changes))
    with pytest.raises(
        TrainerError, match=r"^\S+model.json: describes another network .*; write the model a"
    ):
        trainers.load(model)


def test_endless_facts_are_one_line(model: Path) -> None:
    (model / "model.json").write_text("[" * 100_000)
    with pytest.raises(TrainerError, match="cannot be read"):
        trainers.load(model)


def test_a_picture_of_the_right_size_is_what_its_tensor_is(written: Any) -> None:
    trainer, folder = written()
    images = trainer.task.data.images[:5]
    embedder = trainers.load(folder, "cpu")
    assert torch.equal(embedder.embed([to_pil_image(image) for image in images]), embedder.embed(images))
