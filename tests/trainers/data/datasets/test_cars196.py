from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import torch

from tests.trainers.data.datasets.made import annotations, cars_in_one_folder, cars_in_two_folders
from trainers.data.datasets import Cars196
from trainers.data.splits import split
from trainers.errors import DatasetError

LISTS = ["devkit/cars_meta.mat", "devkit/cars_train_annos.mat", "devkit/cars_test_annos_withlabels.mat"]


@pytest.mark.parametrize("make", [cars_in_one_folder, cars_in_two_folders])
def test_both_layouts_give_every_image_its_class(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path)
    Cars196(root=tmp_path).check()
    data = Cars196(root=tmp_path, image_size=6).load()
    assert data.images.shape == (392, 3, 6, 6)
    assert data.labels.bincount().tolist() == [2] * 196
    assert ((data.images[:, 1, 2, 2].long() - 1 - data.labels).abs() <= 1).all()  # JPEG is off by one
    assert data.class_names[::195] == ("Car 1", "Car 196")


def test_the_last_98_classes_test_whatever_the_seed(tmp_path: Path) -> None:
    cars_in_two_folders(tmp_path)
    data = Cars196(root=tmp_path, image_size=8).load()
    for seed in range(3):
        splits = split(Cars196(root=tmp_path, image_size=8, split_seed=seed), data)
        assert torch.unique(data.labels[splits.test]).tolist() == list(range(98, 196))
        validation = set(data.labels[splits.validation].tolist())
        train = set(data.labels[splits.train].tolist())
        assert (len(validation), len(train)) == (20, 78)
        assert validation | train == set(range(98))


def test_the_test_labels_may_stand_beside_the_devkit(tmp_path: Path) -> None:
    cars_in_two_folders(tmp_path)
    (tmp_path / LISTS[2]).rename(tmp_path / Path(LISTS[2]).name)
    Cars196(root=tmp_path).check()
    assert len(Cars196(root=tmp_path, image_size=8).load().images) == 392


@pytest.mark.parametrize("name", LISTS)
def test_a_missing_list_is_named(tmp_path: Path, name: str) -> None:
    cars_in_two_folders(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(DatasetError, match=rf"lacks {name}; unpack Stanford Cars \(.*cars_annos\.mat with"):
        Cars196(root=tmp_path).check()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    cars_in_one_folder(tmp_path)
    (tmp_path / "car_ims").rename(tmp_path / "pictures")
    with pytest.raises(DatasetError, match=r"lacks car_ims; unpack Stanford Cars \(.*offline\) and"):
        Cars196(root=tmp_path).check()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kept", [0, 60, 200, -9])
def test_a_cut_list_is_named(tmp_path: Path, name: str, kept: int) -> None:
    cars_in_two_folders(tmp_path)
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DatasetError, match=rf"^cars196: .*{name} is no readable MATLAB file with [^\n]*$"):
        Cars196(root=tmp_path).load()


def test_a_list_without_labels_is_refused(tmp_path: Path) -> None:
    cars_in_two_folders(tmp_path)
    bare = np.array([("00001.jpg",), ("00002.jpg",)], dtype=[("fname", object)])
    scipy.io.savemat(tmp_path / LISTS[2], {"annotations": bare})
    with pytest.raises(
        DatasetError, match=r"withlabels\.mat have no class; the list without the test labels"
    ):
        Cars196(root=tmp_path).load()


def test_too_few_classes_are_refused(tmp_path: Path) -> None:
    cars_in_one_folder(tmp_path, classes=195)
    with pytest.raises(DatasetError, match=r"cars_annos\.mat names 195 classes, not 196"):
        Cars196(root=tmp_path).load()


def test_a_class_without_images_is_named(tmp_path: Path) -> None:
    cars_in_two_folders(tmp_path)
    for name in LISTS[1:]:
        images = [(f"{number:05d}.jpg", number) for number in range(1, 196)]
        scipy.io.savemat(tmp_path / name, {"annotations": annotations("fname", images)})
    with pytest.raises(DatasetError, match="195 classes, not to the classes 1 to 196: class 196 is missing"):
        Cars196(root=tmp_path).load()


def test_a_damaged_image_is_named(tmp_path: Path) -> None:
    cars_in_two_folders(tmp_path)
    (tmp_path / "cars_test" / "00007.jpg").write_bytes(b"no image")
    with pytest.raises(DatasetError, match=r"^cars196: .*/cars_test/00007\.jpg is no readable image"):
        Cars196(root=tmp_path).load()
