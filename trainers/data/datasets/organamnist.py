"""Slices of computed tomographies, 28x28: OrganAMNIST, from its one npz file."""

import hashlib
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np
import torch

from trainers.data.datasets.files.torchvision_files import download
from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet
from trainers.errors import DatasetError

FILE = "organamnist.npz"
URL = f"https://zenodo.org/records/10519652/files/{FILE}"
# As MedMNIST publishes them: of the record above, with 34,561 training images, and of record 6496656 before
# it, with 34,581.
CHECKSUMS = ("68e3f8846a6bd62f0c9bf841c0d9eacc", "866b832ed4eeba67bfb9edee1d5544e6")
CLASSES = (
    "bladder",
    "femur-left",
    "femur-right",
    "heart",
    "kidney-left",
    "kidney-right",
    "liver",
    "lung-left",
    "lung-right",
    "pancreas",
    "spleen",
)


class OrganAMnist(DatasetSpec):
    """58,830 grey images of 28x28 pixels in 11 classes (MedMNIST v2, Yang et al., Scientific Data 2023).

    Split by samples, its own 17,778 test images, of other patients, are the test split; split by classes, all
    images are pooled. Its 6,491 validation images count as training images, out of which the validation split
    is drawn like everywhere here; so patients are in both, and validation is easier than test.

    Attributes:
        root: the folder that holds ``organamnist.npz``.
        download: whether the file is fetched from Zenodo if it is missing.
        checksum: ``published`` accepts the files that MedMNIST has published, of 34,561 or 34,581 training
            images; ``any`` accepts another release.
    """

    KNOWN_SIZE = DataSize(58_850, len(CLASSES))

    name: Literal["organamnist"] = "organamnist"
    root: Path
    download: bool = False
    checksum: Literal["published", "any"] = "published"

    def check(self) -> None:
        """Look whether the file is there, or may be downloaded.

        Raises:
            DatasetError: it is missing and ``download`` is off.
        """
        if not (self.download or (self.root / FILE).exists()):
            raise DatasetError(
                f"organamnist: {self.root.resolve()} lacks {FILE}; write download: true, "
                f"or fetch {URL} and set root to its folder"
            )

    def load(self) -> ImageSet:
        """Return images (N, 1, 28, 28), read once a process.

        Raises:
            DatasetError: the file is missing, cannot be downloaded, is damaged or an unknown release.
        """
        self.check()
        if not (self.root / FILE).exists():
            download(self.name, _fetch, self.root)
        return _read(self.root / FILE, self.checksum)


def _fetch(root: str, download: bool) -> None:
    from torchvision.datasets.utils import download_url

    assert download
    download_url(URL, root, filename=FILE, md5=CHECKSUMS[0])


@lru_cache(maxsize=1)
def _read(file: Path, checksum: Literal["published", "any"]) -> ImageSet:
    try:
        md5 = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        if checksum == "published" and md5 not in CHECKSUMS:
            raise DatasetError(
                f"organamnist: {file} has the md5 {md5}, those published have {' or '.join(CHECKSUMS)}; "
                f"delete it and fetch {URL}, or write checksum: any to accept another release"
            )
        # Opened here, because NumPy leaves open what it finds to be damaged.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            parts = [
                (arrays[f"{part}_images"], arrays[f"{part}_labels"]) for part in ("train", "val", "test")
            ]
    except (OSError, EOFError, LookupError, ValueError, RuntimeError, BadZipFile, zlib.error) as error:
        raise DatasetError(
            f"organamnist: {file} cannot be read: {error}; delete it and fetch {URL}"
        ) from error
    for images, labels in parts:
        _check(file, images, labels)
    return ImageSet(
        images=torch.from_numpy(np.concatenate([images for images, _ in parts]))[:, None],
        labels=torch.from_numpy(np.concatenate([labels[:, 0] for _, labels in parts])).long(),
        class_names=CLASSES,
        own_test=len(parts[2][0]),
    )


def _check(file: Path, images: np.ndarray, labels: np.ndarray) -> None:
    if images.shape[1:] != (28, 28) or images.dtype != np.uint8 or labels.shape != (len(images), 1):
        raise DatasetError(
            f"organamnist: {file} holds images {images.shape} {images.dtype} with labels {labels.shape}, "
            f"not (N, 28, 28) uint8 with (N, 1); fetch {URL}"
        )
    if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < len(CLASSES))).all():
        raise DatasetError(f"organamnist: {file} has labels that are not the numbers 0 to 10; fetch {URL}")
