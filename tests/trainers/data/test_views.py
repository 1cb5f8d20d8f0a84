"""Images in memory and in files: the same batches, whoever decodes them and whenever a training goes on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from tests.trainers.training.test_trainer import timeless
from trainers.config import TrainConfig
from trainers.data.datasets import ImageFolder
from trainers.data.datasets.files.image_files import ImageFiles
from trainers.data.views import Views
from trainers.errors import DatasetError
from trainers.figures.validation import ValidationSplit
from trainers.training.baselines import raw_pixels
from trainers.training.learner import Learner
from trainers.training.task import Task
from trainers.training.trainer import Trainer

CROP = {"name": "crop_and_flip", "crop": 16}


@pytest.fixture
def config(small: Any, folder_of_images: Path) -> Any:
    """Build a config of a small convnet on the folder of images, all of which are 20x20 pixels."""

    def build(decode: str, *, root: Path = folder_of_images, size: int = 20, **changes: Any) -> TrainConfig:
        dataset = {"name": "image_folder", "root": str(root), "image_size": size, "decode": decode}
        model = {"name": "convnet", "channels": [4], "hidden": 8}
        batch = {"classes": 3, "per_class": 3, "steps_per_epoch": 3}
        return small(**{"dataset": dataset, "backbone": model, "batch": batch, "epochs": 3, **changes})

    return build


def training(config: TrainConfig, epoch: int = 1, batches: tuple[Tensor, ...] | None = None) -> list[Tensor]:
    wanted = batches or (torch.tensor([3, 0, 25]), torch.tensor([0, 3, 11]), torch.tensor([29, 1, 0]))
    return list(Views(config, torch.device("cpu")).training(config.dataset.load().images, wanted, epoch))


def evaluation(config: TrainConfig) -> Tensor:
    return torch.cat(list(Views(config, torch.device("cpu")).evaluation(config.dataset.load().images)))


def same(first: list[Tensor], second: list[Tensor]) -> bool:
    return all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("augmentation", [None, CROP], ids=["plain", "crop"])
def test_files_and_memory_show_a_network_the_same(config: Any, augmentation: Any) -> None:
    loss = {"name": "triplet", "miner": {"name": "random"}}  # draws from the training's own chance
    once, files = (config(decode, augmentation=augmentation, loss=loss) for decode in ("once", "every_epoch"))
    assert torch.equal(evaluation(once), evaluation(files))
    assert same(training(once), training(files))
    assert raw_pixels(once) == raw_pixels(files)
    one, other = Trainer(once), Trainer(files)
    embedded = [each.learner.embed(each.task.data.images) for each in (one, other)]
    assert torch.equal(*embedded)
    assert embedded[0].shape == (30, 4)
    pictures = [ValidationSplit.of(each).pictures(torch.arange(3)) for each in (one, other)]
    assert torch.equal(*pictures)
    list(zip(one.fit(), other.fit(), strict=True))
    assert timeless(one.history) == timeless(other.history)


@pytest.mark.parametrize("augmentation", [None, CROP], ids=["plain", "crop"])
def test_workers_change_nothing(config: Any, augmentation: Any) -> None:
    alone, helped = (
        config("every_epoch", augmentation=augmentation, loader_workers=workers) for workers in (0, 2)
    )
    assert alone.fingerprint == helped.fingerprint
    assert same(training(alone), training(helped))
    assert torch.equal(evaluation(alone), evaluation(helped))


def test_crops_depend_on_seed_epoch_step_and_place_only(config: Any) -> None:
    settings = config("once", augmentation=CROP)
    first, again = training(settings), training(settings)
    assert same(first, again)
    assert first[0].shape == (3, 3, 16, 16)
    image = [first[0][1], first[1][0], first[2][2], training(settings, epoch=2)[0][1]]
    image.append(training(config("once", augmentation=CROP, seed=1))[0][1])
    assert len({view.numpy().tobytes() for view in image}) == 5  # image 0, in five places


@pytest.mark.parametrize(
    "changes",
    [
        {"decode": "once", "augmentation": CROP},
        {"decode": "every_epoch", "augmentation": CROP, "loader_workers": 2},
        {"decode": "every_epoch", "loader_workers": 2},
    ],
    ids=["memory", "files", "files without crops"],
)
def test_a_resumed_training_is_the_uninterrupted_one_bit_for_bit(
    config: Any, tmp_path: Path, changes: dict[str, Any]
) -> None:
    straight, first, second = (Trainer(config(**changes)) for _ in range(3))
    list(straight.fit())
    next(first.fit())
    state = first.save(tmp_path)
    torch.rand(11)
    second.restore(state)
    list(second.fit())
    assert timeless(second.history) == timeless(straight.history)
    ours, theirs = second.learner.model.state_dict(), straight.learner.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def odd_files(root: Path) -> dict[str, Image.Image]:
    """Write one picture in every kind of file and of several sizes, twice in two classes."""
    pixels = np.random.default_rng(0).integers(0, 256, (30, 44, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels)
    transparent = picture.convert("P")
    transparent.info["transparency"] = bytes(range(256))
    kinds = {
        "rgb.png": picture,
        "tall.jpg": picture.rotate(90, expand=True),
        "grey.png": picture.convert("L"),
        "grey_alpha.png": picture.convert("LA"),
        "bits.png": picture.convert("1"),
        "palette.png": picture.convert("P"),
        "transparent.png": transparent,
        "rgba.png": picture.convert("RGBA"),
        "cmyk.jpg": picture.convert("CMYK"),
        "large.webp": picture.resize((120, 90)),
    }
    for folder in ("a", "b"):
        (root / folder).mkdir()
        for name, image in kinds.items():
            image.save(root / folder / name)
    return kinds


def test_files_of_any_size_and_kind_are_shown(config: Any, tmp_path: Path) -> None:
    kinds = odd_files(tmp_path)
    plain = config("every_epoch", root=tmp_path)
    assert torch.equal(evaluation(plain), config("once", root=tmp_path).dataset.load().images)
    cropped = config("every_epoch", root=tmp_path, augmentation=CROP)
    assert evaluation(cropped).shape == (20, 3, 16, 16)
    assert [batch.shape for batch in training(cropped, batches=(torch.arange(20),))] == [(20, 3, 16, 16)]
    grey = cropped.model_copy(update={"dataset": cropped.dataset.model_copy(update={"grayscale": True})})
    assert evaluation(grey).shape == (20, 1, 16, 16)
    files = plain.dataset.load().images
    assert torch.equal(Views(plain, torch.device("cpu")).sample(files), evaluation(plain))
    assert next(Trainer(cropped).fit()).metrics["loss"] > 0
    assert len(kinds) == 10


def test_the_middle_is_that_of_the_image_with_its_shorter_side_resized(config: Any, tmp_path: Path) -> None:
    odd_files(tmp_path)
    settings = config("every_epoch", root=tmp_path, augmentation=CROP)
    files = settings.dataset.load().images
    place = [file.name for file in files.files].index("rgb.png")
    with Image.open(tmp_path / "a" / "rgb.png") as image:
        small = image.resize((29, 20), Image.Resampling.BILINEAR)  # 44 x 20/30, in whole pixels
    middle = np.asarray(small)[2:18, 6:22]
    assert np.array_equal(evaluation(settings)[place].permute(1, 2, 0).numpy(), middle)


def damaged(root: Path) -> Path:
    odd_files(root)
    file = root / "b" / "rgb.png"
    file.write_bytes(file.read_bytes()[:300])
    return file


def test_nothing_is_decoded_before_it_is_wanted(tmp_path: Path) -> None:
    damaged(tmp_path)
    spec = ImageFolder(root=tmp_path, decode="every_epoch")
    spec.check()
    images = spec.load().images
    assert isinstance(images, ImageFiles)
    assert images.shape == (20, 3, 32, 32)
    assert len(images[torch.tensor([4, 2])]) == 2


@pytest.mark.parametrize("workers", [0, 2])
def test_a_damaged_image_is_named_in_one_line(config: Any, tmp_path: Path, workers: int) -> None:
    file = damaged(tmp_path)
    settings = config("every_epoch", root=tmp_path, loader_workers=workers)
    everything = (torch.arange(20),)
    for attempt in (lambda: evaluation(settings), lambda: training(settings, batches=everything)):
        with pytest.raises(DatasetError, match=rf"^image_folder: {file} is no readable image: [^\n]*$"):
            attempt()


def test_an_image_of_more_than_eight_bits_is_named_instead_of_cut_off(config: Any, tmp_path: Path) -> None:
    odd_files(tmp_path)
    Image.fromarray(np.full((9, 9), 1000, np.uint16)).save(tmp_path / "a" / "deep.png")
    with pytest.raises(DatasetError, match=r"a/deep.png is no readable image: it has more than 8 bits"):
        evaluation(config("every_epoch", root=tmp_path))


def test_mean_and_deviation_are_those_of_a_fixed_sample(config: Any, monkeypatch: Any) -> None:
    settings = config("every_epoch")
    views, images = Views(settings, torch.device("cpu")), settings.dataset.load().images
    assert torch.equal(views.sample(images), evaluation(settings))  # of fewer than 512, all
    monkeypatch.setattr("trainers.data.views.SAMPLE", 7)
    assert views.sample(images).shape == (7, 3, 20, 20)
    assert torch.equal(views.sample(images), views.sample(images))


def test_hardly_a_file_is_decoded_where_no_mean_is_wanted(config: Any, monkeypatch: Any) -> None:
    seen: list[int] = []
    squeezed = ImageFiles.squeezed
    monkeypatch.setattr(ImageFiles, "squeezed", lambda files, at: seen.append(at) or squeezed(files, at))
    unscaled = config("every_epoch", standardise=False)
    learner = Learner(unscaled, Task.load(unscaled), torch.device("cpu"))
    assert len(seen) == 1
    assert learner.model[0].std.flatten().tolist() == [1, 1, 1]


def test_large_images_are_embedded_a_few_at_a_time(config: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("trainers.data.views.MOST_PIXELS", 7 * 20 * 20 + 5)
    settings = config("every_epoch")
    batches = list(Views(settings, torch.device("cpu")).evaluation(settings.dataset.load().images))
    assert [len(batch) for batch in batches] == [7, 7, 7, 7, 2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"decode": "every_epoch", "unsupervised": {"name": "reconstruction"}},
            r"unsupervised\s+holds",
        ),
        (
            {"decode": "once", "unsupervised": {"name": "reconstruction"}, "augmentation": CROP},
            r"augmentation\s+does not go with unsupervised",
        ),
        ({"decode": "once", "loader_workers": 2}, r"loader_workers\s+2 have nothing to decode"),
        ({"decode": "once", "augmentation": {"name": "crop_and_flip"}}, r"augmentation\.crop\W+224 pixels"),
        ({"decode": "never"}, "'once' or 'every_epoch'"),
    ],
)
def test_what_does_not_go_together_is_refused(config: Any, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        config(**changes)
