"""Small photographs, 32x32: CIFAR-10, from its batches for Python."""

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from trainers.data.datasets.files.torchvision_files import download, require
from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet
from trainers.errors import DatasetError

PLACE = "cifar-10-batches-py"


class Cifar10(DatasetSpec):
    """60,000 colour images of 32x32 pixels in 10 classes (Krizhevsky, technical report, Toronto 2009).

    The files are ``data_batch_1`` to ``data_batch_5``, ``test_batch`` and ``batches.meta``. Split by samples,
    the 10,000 images of ``test_batch`` are the test split; split by classes, all images are pooled.

    Attributes:
        root: the folder that holds ``cifar-10-batches-py``, as torchvision lays it out.
        download: whether missing files are fetched. Checksums are verified either way.
    """

    KNOWN_SIZE = DataSize(60_000, 10)

    name: Literal["cifar10"] = "cifar10"
    root: Path
    download: bool = False

    def check(self) -> None:
        """Look whether the files are there, or may be downloaded.

        Raises:
            DatasetError: a file is missing and ``download`` is off.
        """
        if not self.download:
            missing = [file.name for file, _ in _published(self.root) if not file.exists()]
            require(self.name, self.root, PLACE, ", ".join(missing), "CIFAR10")

    def load(self) -> ImageSet:
        """Return images (N, 3, 32, 32), read once a process.

        Raises:
            DatasetError: a file is missing, cannot be downloaded or is not as it was published.
        """
        from torchvision.datasets import CIFAR10

        self.check()
        if self.download:
            download(self.name, CIFAR10, self.root)
        return _read(self.root)


def _published(root: Path) -> list[tuple[Path, str]]:
    from torchvision.datasets import CIFAR10

    listed = [*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])]
    return [(root / PLACE / name, md5) for name, md5 in listed]


@lru_cache(maxsize=1)
def _read(root: Path) -> ImageSet:
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity

    # A pickle runs what it says: no batch is opened whose checksum is not the published one.
    for file, md5 in _published(root):
        if not check_integrity(file, md5):
            raise DatasetError(
                f"cifar10: {file} is damaged or another file: its md5 is not {md5}; "
                "delete it and download it again"
            )
    with warnings.catch_warnings():
        # They were written by a NumPy whose pickles give a truth value as a number.
        warnings.filterwarnings(
            "ignore", r"dtype\(\): align should be passed", np.exceptions.VisibleDeprecationWarning
        )
        train, test = CIFAR10(str(root), train=True), CIFAR10(str(root), train=False)
    images = torch.from_numpy(np.concatenate([train.data, test.data]))
    return ImageSet(
        images=images.permute(0, 3, 1, 2).contiguous(),
        labels=torch.tensor([*train.targets, *test.targets]),
        class_names=tuple(train.classes),
        own_test=len(test.data),
    )
