"""Birds: Caltech-UCSD Birds-200-2011, from its folder of photographs and their lists."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import PositiveInt

from trainers.data.datasets.files.halves import read_halves, require_unpacked
from trainers.data.datasets.files.image_files import Decode
from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet
from trainers.errors import DatasetError

CLASSES = 200
IMAGES, LABELS = "images.txt", "image_class_labels.txt"


class Cub200(DatasetSpec):
    """11,788 photographs of birds in 200 classes (Wah et al., CNS-TR-2011-001, Caltech 2011).

    Split by classes only: the last 100 classes (5,924 images) are the test split, and validation classes
    come out of the first 100 (5,864 images). The files are ``images.txt``, ``image_class_labels.txt`` and the
    folder ``images`` of ``CUB_200_2011.tgz``. Whole images are used, without the bounding boxes.

    Attributes:
        split_by: ``classes``; there is no other way.
        root: the folder ``CUB_200_2011`` that the archive unpacks.
        image_size: height and width, in pixels, to which every image is resized. With ``decode: every_epoch``
            and an augmentation: its shorter side, of images that are evaluated.
        decode: ``once`` keeps all decoded images in memory; ``every_epoch`` decodes a batch whenever it is
            wanted, from the files as they are.
    """

    KNOWN_SIZE = DataSize(11_788, CLASSES, CLASSES // 2)

    name: Literal["cub200"] = "cub200"
    split_by: Literal["classes"] = "classes"
    root: Path
    image_size: PositiveInt = 64
    decode: Decode = "once"

    def check(self) -> None:
        """Look whether the lists and the folder of the images are there.

        Raises:
            DatasetError: one is missing.
        """
        missing = [name for name in (IMAGES, LABELS) if not (self.root / name).is_file()]
        missing += [] if (self.root / "images").is_dir() else ["images/"]
        require_unpacked(self.name, self.root, missing, "CUB_200_2011.tgz (Caltech, doi:10.22002/D1.20098)")

    def load(self) -> ImageSet:
        """Return images (N, 3, image_size, image_size), or their files, read once a process.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        self.check()
        return _read(self.root, self.image_size, self.decode)


@lru_cache(maxsize=1)
def _read(root: Path, image_size: int, decode: Decode) -> ImageSet:
    files, numbers = _listed(root / IMAGES), _listed(root / LABELS)
    if files.keys() != numbers.keys():
        raise DatasetError(
            f"cub200: {root / IMAGES} lists {len(files)} images and {LABELS} {len(numbers)}, "
            "not the same ones; unpack the archive again"
        )
    if not all(number.isdecimal() for number in numbers.values()):
        raise DatasetError(f"cub200: {root / LABELS} has a class that is no number; unpack the archive again")
    images = [(root / "images" / file, int(numbers[key])) for key, file in files.items()]
    names = {number: file.parent.name for file, number in images}
    return read_halves(
        "cub200", root / LABELS, images, names, classes=CLASSES, image_size=image_size, decode=decode
    )


def _listed(file: Path) -> dict[str, str]:
    """Return the second word of each line by the first, in the order of the lines."""
    try:
        lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
        return dict(lines)
    except (OSError, ValueError) as error:  # a line without two words is a ValueError, like a wrong encoding
        raise DatasetError(
            f"cub200: {file} is no list of lines of two words: {error}; unpack the archive again"
        ) from error
