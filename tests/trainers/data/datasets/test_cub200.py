from pathlib import Path

import pytest
import torch
from pydantic import ValidationError

from tests.trainers.data.datasets.made import birds
from trainers.data.datasets import Cub200
from trainers.data.splits import split
from trainers.errors import DatasetError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    birds(tmp_path)
    return tmp_path


def test_images_have_the_class_of_their_line(root: Path) -> None:
    data = Cub200(root=root, image_size=6).load()
    assert data.images.shape == (400, 3, 6, 6)
    assert data.labels.tolist() == [index // 2 for index in range(400)]
    assert ((data.images[:, 1, 2, 2].long() - 1 - data.labels).abs() <= 1).all()  # JPEG is off by one
    assert data.class_names[::199] == ("001.Bird_1", "200.Bird_200")


def test_the_last_hundred_classes_test_whatever_the_seed(root: Path) -> None:
    data = Cub200(root=root, image_size=8).load()
    for seed in range(3):
        splits = split(Cub200(root=root, image_size=8, split_seed=seed, validation_percent=30), data)
        assert torch.unique(data.labels[splits.test]).tolist() == list(range(100, 200))
        validation = set(data.labels[splits.validation].tolist())
        train = set(data.labels[splits.train].tolist())
        assert (len(validation), len(train)) == (30, 70)
        assert validation | train == set(range(100))


def test_classes_cannot_be_shared_between_splits(root: Path) -> None:
    with pytest.raises(ValidationError, match="'classes'"):
        Cub200.model_validate({"root": root, "split_by": "samples"})


def test_lists_may_be_in_any_order(root: Path) -> None:
    expected = Cub200(root=root, image_size=8).load().labels
    file = root / "image_class_labels.txt"
    moved = root.parent / "moved"
    root.rename(moved)
    file = moved / file.name
    file.write_text("\n".join(reversed(file.read_text().splitlines())))
    assert torch.equal(Cub200(root=moved, image_size=8).load().labels, expected)


@pytest.mark.parametrize("name", ["images.txt", "image_class_labels.txt"])
def test_a_missing_list_is_named(root: Path, name: str) -> None:
    (root / name).unlink()
    with pytest.raises(DatasetError, match=rf"lacks {name}; unpack CUB_200_2011\.tgz"):
        Cub200(root=root).check()


def test_a_missing_folder_of_images_is_named(root: Path) -> None:
    (root / "images").rename(root / "pictures")
    with pytest.raises(DatasetError, match="lacks images/; unpack"):
        Cub200(root=root).check()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("images.txt", b"1 a.jpg\n2\n", "images.txt is no list of lines of two words"),
        ("images.txt", b"1 \xff.jpg\n", "images.txt is no list of lines of two words"),
        (
            "images.txt",
            b"1 a.jpg\n",
            r"images.txt lists 1 images and image_class_labels.txt 400, not the same",
        ),
        ("image_class_labels.txt", b"", r"images.txt lists 400 images and image_class_labels.txt 0"),
    ],
)
def test_a_damaged_list_is_named(root: Path, name: str, content: bytes, message: str) -> None:
    (root / name).write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        Cub200(root=root).load()


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("x", "image_class_labels.txt has a class that is no number"),
        ("201", "gives images to 200 classes, not to the classes 1 to 200: class 7 is missing"),
        ("6", "gives images to 199 classes, not to the classes 1 to 200: class 7 is missing"),
    ],
)
def test_a_class_that_does_not_exist_is_named(root: Path, word: str, message: str) -> None:
    file = root / "image_class_labels.txt"
    lines = [line.split() for line in file.read_text().splitlines()]
    file.write_text("\n".join(f"{key} {word if number == '7' else number}" for key, number in lines))
    with pytest.raises(DatasetError, match=message):
        Cub200(root=root).load()


def test_an_unknown_class_is_named(tmp_path: Path) -> None:
    birds(tmp_path, classes=201)
    with pytest.raises(DatasetError, match=r"gives images to 201 classes.*: class 201 is unknown"):
        Cub200(root=tmp_path).load()


@pytest.mark.parametrize("how", ["cut", "missing"])
def test_a_damaged_image_is_named(root: Path, how: str) -> None:
    file = root / "images" / "003.Bird_3" / "a.jpg"
    data = file.read_bytes()
    file.unlink()
    if how == "cut":
        file.write_bytes(data[: len(data) // 2])
    with pytest.raises(DatasetError, match=r"^cub200: .*/images/003\.Bird_3/a\.jpg is no readable image"):
        Cub200(root=root).load()
