"""Handwritten digits, 28x28: MNIST, from its four idx files."""

import gzip
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from torchvision.datasets import MNIST

from trainers.datasets.image_set import DatasetSpec, ImageSet
from trainers.errors import DatasetError

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


class Mnist(DatasetSpec):
    """70,000 grey images of 28x28 pixels in 10 classes (LeCun et al., Proceedings of the IEEE 1998).

    Split by samples, the 10,000 images of MNIST's own test files are the test split; split by classes, all
    images are pooled.

    Attributes:
        root: the folder that holds ``MNIST/raw``, as torchvision lays it out.
        download: whether missing files are fetched; torchvision then verifies their checksums.
    """

    name: Literal["mnist"] = "mnist"
    root: Path
    download: bool = False

    def check(self) -> None:
        """Look whether the files are there, or may be downloaded.

        Raises:
            DatasetError: a file is missing and ``download`` is off.
        """
        missing = [name for name in FILES if not (self._file(name).exists() or self.download)]
        if missing:
            raise DatasetError(
                f"mnist: {self._file('').resolve()} lacks {', '.join(missing)} (plain or .gz), "
                "which torchvision's MNIST downloads; write download: true, or set root to MNIST/raw's place"
            )

    def load(self) -> ImageSet:
        """Return images (N, 1, 28, 28), read once a process.

        Raises:
            DatasetError: a file is missing, cannot be downloaded or is damaged.
        """
        self.check()
        if self.download:
            _download(self.root)
        return _read(tuple(self._file(name) for name in FILES))

    def _file(self, name: str) -> Path:
        folder = self.root / "MNIST" / "raw"
        packed = folder / f"{name}.gz"
        return packed if packed.exists() and not (folder / name).exists() else folder / name


def _download(root: Path) -> None:
    try:
        MNIST(str(root), download=True)  # fetches only what is missing
    except (OSError, RuntimeError) as error:
        raise DatasetError(
            f"mnist: cannot be downloaded to {root.resolve()}: {error}; fetch it by hand"
        ) from error


@lru_cache(maxsize=1)
def _read(files: tuple[Path, ...]) -> ImageSet:
    images, labels, test_images, test_labels = (_read_idx(file) for file in files)
    for pixels, targets, file in ((images, labels, files[0]), (test_images, test_labels, files[2])):
        if pixels.ndim != 3 or targets.ndim != 1 or len(pixels) != len(targets):
            raise DatasetError(
                f"mnist: {file} and its label file do not fit together; delete both, download again"
            )
    return ImageSet(
        images=torch.cat([images, test_images])[:, None],
        labels=torch.cat([labels, test_labels]).long(),
        class_names=tuple("0123456789"),
        own_test=len(test_images),
    )


def _read_idx(file: Path) -> Tensor:
    try:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError) as error:
        raise DatasetError(
            f"mnist: {file} cannot be read: {error}; delete it and download it again"
        ) from error
    # idx: two zeros, 8 for unsigned bytes, the number of dimensions, each dimension in 4 bytes, the values.
    start = 4 + 4 * data[3] if data[:3] == b"\0\0\x08" and len(data) > 3 else 0
    shape = [int.from_bytes(data[at : at + 4], "big") for at in range(4, start, 4)]
    if not shape or len(data) != start + prod(shape):
        raise DatasetError(f"mnist: {file} is no complete idx file of bytes; delete it and download it again")
    return torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=start).reshape(shape)
