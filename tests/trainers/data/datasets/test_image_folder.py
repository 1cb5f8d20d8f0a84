from pathlib import Path

import pytest
import torch
from PIL import Image

from trainers.data.datasets import ImageFolder
from trainers.errors import DatasetError

COLOURS = {"blue": (0, 0, 255), "red": (255, 0, 0)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, colour in COLOURS.items():
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new("RGB", (20 + number, 10), colour).save(tmp_path / name / f"{number}.png")
    return tmp_path


def test_folders_are_classes(root: Path) -> None:
    data = ImageFolder(root=root, image_size=8).load()
    assert data.images.shape == (6, 3, 8, 8)
    assert data.images.dtype == torch.uint8
    assert data.class_names == ("blue", "red")
    assert data.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert data.images[4, :, 3, 3].tolist() == [255, 0, 0]


def test_grey_has_one_channel(root: Path) -> None:
    data = ImageFolder(root=root, image_size=8, grayscale=True).load()
    assert data.images.shape == (6, 1, 8, 8)


def test_images_are_decoded_once(root: Path) -> None:
    assert ImageFolder(root=root).load() is ImageFolder(root=root, split_seed=1).load()


@pytest.mark.parametrize("content", ["cut", "text"])
def test_a_damaged_image_is_named(root: Path, content: str) -> None:
    file = root / "red" / "1.png"
    noise = torch.randint(0, 256, (20, 20, 3), dtype=torch.uint8).numpy()
    Image.fromarray(noise).save(file)
    file.write_bytes({"cut": file.read_bytes()[:600], "text": b"no image"}[content])
    with pytest.raises(DatasetError, match=r"red/1\.png is no readable image"):
        ImageFolder(root=root).load()


def test_a_missing_root_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none has 0 class folders; it needs two or more"):
        ImageFolder(root=tmp_path / "none").check()


def test_a_class_without_images_is_named(root: Path) -> None:
    (root / "empty").mkdir()
    with pytest.raises(DatasetError, match="empty"):
        ImageFolder(root=root).load()
