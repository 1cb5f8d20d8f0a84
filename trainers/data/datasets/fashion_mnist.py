"""Pieces of clothing, 28x28: Fashion-MNIST, from its four idx files."""

from pathlib import Path
from typing import Literal

from trainers.data.datasets.files.idx_files import missing_files, read_idx_files
from trainers.data.datasets.files.torchvision_files import download, require
from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet

PLACE = "FashionMNIST/raw"


class FashionMnist(DatasetSpec):
    """70,000 grey images of 28x28 pixels in 10 classes (Xiao, Rasul and Vollgraf, arXiv 1708.07747, 2017).

    Its files are named as those of MNIST: ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte`` and the
    same with ``t10k``, plain or .gz. Split by samples, its own 10,000 test images are the test split; split
    by classes, all images are pooled.

    Attributes:
        root: the folder that holds ``FashionMNIST/raw``, as torchvision lays it out.
        download: whether missing files are fetched; torchvision then verifies their checksums.
    """

    KNOWN_SIZE = DataSize(70_000, 10)

    name: Literal["fashion_mnist"] = "fashion_mnist"
    root: Path
    download: bool = False

    def check(self) -> None:
        """Look whether the files are there, or may be downloaded.

        Raises:
            DatasetError: a file is missing and ``download`` is off.
        """
        if not self.download:
            require(self.name, self.root, PLACE, missing_files(self.root / PLACE), "FashionMNIST")

    def load(self) -> ImageSet:
        """Return images (N, 1, 28, 28), read once a process.

        Raises:
            DatasetError: a file is missing, cannot be downloaded or is damaged.
        """
        from torchvision.datasets import FashionMNIST

        self.check()
        if self.download:
            download(self.name, FashionMNIST, self.root)
        return read_idx_files(self.name, self.root / PLACE, tuple(FashionMNIST.classes))
