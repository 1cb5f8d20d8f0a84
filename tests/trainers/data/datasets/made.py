"""Tiny datasets in the formats of the real ones; what an image shows tells its class."""

import hashlib
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
import torch
from PIL import Image
from torch import Tensor
from torchvision.datasets import CIFAR10

from trainers.data.datasets.files.idx_files import FILES


def idx(values: Tensor) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.ndim]) + sizes + values.numpy().tobytes()


def idx_files(raw: Path) -> None:
    """Write 100 training and 20 test images whose first pixel is the label."""
    raw.mkdir(parents=True)
    for (images, labels), count in zip((FILES[:2], FILES[2:]), (100, 20), strict=True):
        targets = torch.arange(count, dtype=torch.uint8) % 10
        pixels = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8)
        pixels[:, 0, 0] = targets
        (raw / images).write_bytes(idx(pixels))
        (raw / labels).write_bytes(idx(targets))


class OldType:
    """Pickles as the type of bytes did in the NumPy that wrote CIFAR-10: with a number for a truth value."""

    def __reduce__(self) -> Any:
        return np.dtype, ("u1", 0, 1)


def cifar_batches(root: Path, patch: pytest.MonkeyPatch) -> Path:
    """Write five batches of 20 training images and one of 20 test images; publish their checksums."""
    folder = root / CIFAR10.base_folder
    folder.mkdir(parents=True)
    labels = [index % 10 for index in range(20)]
    pixels = np.zeros((20, 3, 32, 32), np.uint8)
    pixels[:, 0], pixels[:, 2] = np.array(labels)[:, None, None], 255  # red is the label, blue is full
    batch = {"data": pixels.reshape(20, -1), "labels": labels, "type": OldType()}
    contents = {name: batch for name, _ in [*CIFAR10.train_list, *CIFAR10.test_list]}
    contents["batches.meta"] = {"label_names": [f"class {label}" for label in range(10)]}
    sums = {}
    for name, content in contents.items():
        data = pickle.dumps(content)
        sums[name] = hashlib.md5(data).hexdigest()
        (folder / name).write_bytes(data)
    patch.setattr(CIFAR10, "train_list", [[name, sums[name]] for name, _ in CIFAR10.train_list])
    patch.setattr(CIFAR10, "test_list", [[name, sums[name]] for name, _ in CIFAR10.test_list])
    patch.setattr(CIFAR10, "meta", CIFAR10.meta | {"md5": sums["batches.meta"]})
    return folder


def organs(root: Path, **changes: Any) -> Path:
    """Write 110 training, 22 validation and 33 test images whose first pixel is the label."""
    arrays: dict[str, Any] = {}
    for part, count in (("train", 110), ("val", 22), ("test", 33)):
        labels = np.arange(count, dtype=np.uint8)[:, None] % 11
        images = np.zeros((count, 28, 28), np.uint8)
        images[:, 0, 0] = labels[:, 0]
        arrays |= {f"{part}_images": images, f"{part}_labels": labels}
    file = root / "organamnist.npz"
    np.savez(file, **{key: value for key, value in (arrays | changes).items() if value is not None})
    return file


def photograph(number: int) -> bytes:
    """Return a JPEG, wider than high, whose grey is the number."""
    stream = io.BytesIO()
    Image.new("RGB", (12, 8), (number, number, number)).save(stream, "jpeg", quality=95)
    return stream.getvalue()


def birds(root: Path, classes: int = 200) -> None:
    """Write two images of every class in the layout of CUB-200-2011, class after class."""
    paths, labels = [], []
    for number in range(1, classes + 1):
        folder = root / "images" / f"{number:03d}.Bird_{number}"
        folder.mkdir(parents=True)
        for image in ("a", "b"):
            (folder / f"{image}.jpg").write_bytes(photograph(number))
            paths.append(f"{len(paths) + 1} {folder.name}/{image}.jpg")
            labels.append(f"{len(labels) + 1} {number}")
    (root / "images.txt").write_text("\n".join(paths) + "\n")
    (root / "image_class_labels.txt").write_text("\n".join(labels) + "\n")


def annotations(field: str, images: list[tuple[str, int]]) -> Any:
    """Return what MATLAB calls a struct array, with the fields that are read and one that is not."""
    rows = np.zeros(len(images), dtype=[("bbox_x1", object), ("class", object), (field, object)])
    for row, (name, number) in zip(rows, images, strict=True):
        row["bbox_x1"], row["class"], row[field] = 1, number, name
    return rows


def cars_in_one_folder(root: Path, classes: int = 196) -> None:
    """Write two images of every class in the layout with one list."""
    (root / "car_ims").mkdir(parents=True)
    images = []
    for index in range(2 * classes):
        images.append((f"car_ims/{index + 1:06d}.jpg", index // 2 + 1))
        (root / images[-1][0]).write_bytes(photograph(images[-1][1]))
    names = np.array([f"Car {number}" for number in range(1, classes + 1)], dtype=object)
    lists = {"annotations": annotations("relative_im_path", images), "class_names": names}
    scipy.io.savemat(root / "cars_annos.mat", lists)


def cars_in_two_folders(root: Path, classes: int = 196) -> None:
    """Write an image of every class to train, and one to test, in the layout with a devkit."""
    devkit = root / "devkit"
    devkit.mkdir(parents=True)
    for part, file in (("train", "cars_train_annos.mat"), ("test", "cars_test_annos_withlabels.mat")):
        folder = root / f"cars_{part}"
        folder.mkdir()
        images = [(f"{number:05d}.jpg", number) for number in range(1, classes + 1)]
        for name, number in images:
            (folder / name).write_bytes(photograph(number))
        scipy.io.savemat(devkit / file, {"annotations": annotations("fname", images)})
    names = np.array([f"Car {number}" for number in range(1, classes + 1)], dtype=object)
    scipy.io.savemat(devkit / "cars_meta.mat", {"class_names": names})


def folders(root: Path) -> None:
    """Write ten folders of ten images."""
    for number in range(10):
        (root / str(number)).mkdir(parents=True)
        for image in range(10):
            (root / str(number) / f"{image}.jpg").write_bytes(photograph(number))


# What each dataset needs: writes its files below a folder, returns the fields of its config.
MAKERS: dict[str, Callable[[Path, pytest.MonkeyPatch], dict[str, Any]]] = {
    "digits": lambda root, patch: {},
    "synthetic": lambda root, patch: {},
    "mnist": lambda root, patch: idx_files(root / "MNIST" / "raw") or {"root": root},
    "fashion_mnist": lambda root, patch: idx_files(root / "FashionMNIST" / "raw") or {"root": root},
    "cifar10": lambda root, patch: {"root": cifar_batches(root, patch).parent},
    "organamnist": lambda root, patch: {"root": organs(root).parent, "checksum": "any"},
    "image_folder": lambda root, patch: folders(root) or {"root": root, "image_size": 8},
    "cub200": lambda root, patch: birds(root) or {"root": root, "image_size": 8},
    "cars196": lambda root, patch: cars_in_one_folder(root) or {"root": root, "image_size": 8},
}
