"""MNIST's file format: idx files of images and of labels, to train and to test, plain or packed with gzip."""

import gzip
import zlib
from functools import lru_cache
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from trainers.data.datasets.image_set import ImageSet
from trainers.errors import DatasetError

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def missing_files(folder: Path) -> str:
    """Return the names of the files that ``folder`` lacks in both forms; empty if it lacks none."""
    names = [name for name in FILES if not _file(folder, name).exists()]
    return f"{', '.join(names)} (plain or .gz)" if names else ""


def read_idx_files(name: str, folder: Path, class_names: tuple[str, ...]) -> ImageSet:
    """Return the images (N, 1, H, W) of the dataset ``name``, its test files last, read once a process.

    Raises:
        DatasetError: a file cannot be read, is damaged, or does not fit the others.
    """
    return _read(name, tuple(_file(folder, file) for file in FILES), class_names)


def _file(folder: Path, name: str) -> Path:
    packed = folder / f"{name}.gz"
    return packed if packed.exists() and not (folder / name).exists() else folder / name


@lru_cache(maxsize=1)
def _read(name: str, files: tuple[Path, ...], class_names: tuple[str, ...]) -> ImageSet:
    images, labels, test_images, test_labels = (_read_idx(name, file) for file in files)
    for pixels, targets, file in ((images, labels, files[0]), (test_images, test_labels, files[2])):
        if pixels.ndim != 3 or targets.ndim != 1 or len(pixels) != len(targets):
            raise DatasetError(
                f"{name}: {file} and its label file do not fit together; delete both, download again"
            )
    all_labels = torch.cat([labels, test_labels]).long()
    highest = int(all_labels.max())
    if images.shape[1:] != test_images.shape[1:] or highest >= len(class_names):
        raise DatasetError(
            f"{name}: the files in {files[0].parent} are of another dataset: {tuple(images.shape[1:])} and "
            f"{tuple(test_images.shape[1:])} pixels, labels up to {highest}; download them again"
        )
    return ImageSet(
        images=torch.cat([images, test_images])[:, None],
        labels=all_labels,
        class_names=class_names,
        own_test=len(test_images),
    )


def _read_idx(name: str, file: Path) -> Tensor:
    try:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{name}: {file} cannot be read: {error}; delete it and download it again"
        ) from error
    # idx: two zeros, 8 for unsigned bytes, the number of dimensions, each dimension in 4 bytes, the values.
    start = 4 + 4 * data[3] if data[:3] == b"\0\0\x08" and len(data) > 3 else 0
    shape = [int.from_bytes(data[at : at + 4], "big") for at in range(4, start, 4)]
    if not shape or 0 in shape or len(data) != start + prod(shape):
        raise DatasetError(
            f"{name}: {file} is no complete idx file of bytes; delete it and download it again"
        )
    return torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=start).reshape(shape)
