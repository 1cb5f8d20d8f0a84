"""Handwritten digits, 28x28: MNIST, from its four idx files."""

from pathlib import Path
from typing import Literal

from trainers.data.datasets.files.idx_files import missing_files, read_idx_files
from trainers.data.datasets.files.torchvision_files import download, require
from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet

PLACE = "MNIST/raw"


class Mnist(DatasetSpec):
    """70,000 grey images of 28x28 pixels in 10 classes (LeCun et al., Proceedings of the IEEE 1998).

    Split by samples, the 10,000 images of MNIST's own test files are the test split; split by classes, all
    images are pooled.

    Attributes:
        root: the folder that holds ``MNIST/raw``, as torchvision lays it out.
        download: whether missing files are fetched; torchvision then verifies their checksums.
    """

    KNOWN_SIZE = DataSize(70_000, 10)

    name: Literal["mnist"] = "mnist"
    root: Path
    download: bool = False

    def check(self) -> None:
        """Look whether the files are there, or may be downloaded.

        Raises:
            DatasetError: a file is missing and ``download`` is off.
        """
        if not self.download:
            require(self.name, self.root, PLACE, missing_files(self.root / PLACE), "MNIST")

    def load(self) -> ImageSet:
        """Return images (N, 1, 28, 28), read once a process.

        Raises:
            DatasetError: a file is missing, cannot be downloaded or is damaged.
        """
        from torchvision.datasets import MNIST

        self.check()
        if self.download:
            download(self.name, MNIST, self.root)
        return read_idx_files(self.name, self.root / PLACE, tuple("0123456789"))
