"""Photographs of which the last half of the classes is the test split, in all that is published."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from trainers.data.datasets.files.image_files import Decode, stored
from trainers.data.datasets.image_set import ImageSet
from trainers.errors import DatasetError


def require_unpacked(name: str, root: Path, missing: Sequence[str], archive: str) -> None:
    """Refuse a dataset that is not there.

    Raises:
        DatasetError: ``missing`` is not empty.
    """
    if missing:
        raise DatasetError(
            f"{name}: {root.resolve()} lacks {', '.join(missing)}; "
            f"unpack {archive} and set root to that folder"
        )


def read_halves(
    name: str,
    listing: Path,
    images: Sequence[tuple[Path, int]],
    class_names: Mapping[int, str],
    *,
    classes: int,
    image_size: int,
    decode: Decode,
) -> ImageSet:
    """Return the images (N, 3, image_size, image_size), or their files, in the order of the list.

    Args:
        name: the dataset's name.
        listing: the file that gave the images their classes.
        images: each image's file and the number of its class, counted from 1.
        class_names: the name of every class that has images, by its number.
        classes: how many classes there have to be; the last half of them are the test classes.
        image_size: height and width in pixels.
        decode: when the files are decoded.

    Raises:
        DatasetError: a class has no image, or is not among the expected ones; an image is missing or damaged.
    """
    numbers, expected = {number for _, number in images}, set(range(1, classes + 1))
    if numbers != expected:
        odd = min(numbers ^ expected)
        raise DatasetError(
            f"{name}: {listing} gives images to {len(numbers)} classes, not to the classes 1 to {classes}: "
            f"class {odd} is {'unknown' if odd in numbers else 'missing'}; unpack the archive again"
        )
    return ImageSet(
        images=stored(name, [file for file, _ in images], image_size, decode),
        labels=torch.tensor([number - 1 for _, number in images]),
        class_names=tuple(class_names[number] for number in sorted(expected)),
        own_test_classes=classes // 2,
    )
