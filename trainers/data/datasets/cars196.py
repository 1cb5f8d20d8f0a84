"""Cars: Stanford Cars, from its folders of photographs and their lists for MATLAB."""

import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import PositiveInt

from trainers.data.datasets.files.halves import read_halves, require_unpacked
from trainers.data.datasets.files.image_files import Decode
from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet
from trainers.errors import DatasetError

CLASSES = 196
ONE_LIST = "cars_annos.mat"
META, TRAIN, TEST = (
    "devkit/cars_meta.mat",
    "devkit/cars_train_annos.mat",
    "devkit/cars_test_annos_withlabels.mat",
)


class Cars196(DatasetSpec):
    """16,185 photographs of cars in 196 classes (Krause et al., 3dRR workshop, ICCV 2013).

    Split by classes only: the last 98 classes (8,131 images) are the test split, and validation classes come
    out of the first 98 (8,054 images). The publishers' own split by samples is not used. Either of the two
    published layouts will do: ``cars_annos.mat`` with the folder ``car_ims``; or ``cars_train``,
    ``cars_test`` and ``devkit`` with ``cars_meta.mat``, ``cars_train_annos.mat`` and
    ``cars_test_annos_withlabels.mat`` (this one in ``root`` or in ``devkit``). Whole images are used, without
    the bounding boxes.

    Attributes:
        split_by: ``classes``; there is no other way.
        root: the folder with one of the two layouts.
        image_size: height and width, in pixels, to which every image is resized. With ``decode: every_epoch``
            and an augmentation: its shorter side, of images that are evaluated.
        decode: ``once`` keeps all decoded images in memory; ``every_epoch`` decodes a batch whenever it is
            wanted, from the files as they are.
    """

    KNOWN_SIZE = DataSize(16_185, CLASSES, CLASSES // 2)

    name: Literal["cars196"] = "cars196"
    split_by: Literal["classes"] = "classes"
    root: Path
    image_size: PositiveInt = 64
    decode: Decode = "once"

    def check(self) -> None:
        """Look whether the lists and the folders of the images are there.

        Raises:
            DatasetError: one is missing.
        """
        one_list = (self.root / ONE_LIST).exists()
        needed = [ONE_LIST, "car_ims"] if one_list else [META, TRAIN, TEST, "cars_train", "cars_test"]
        missing = [name for name in needed if not _place(self.root, name).exists()]
        other = "" if one_list else f"; {ONE_LIST} with car_ims will do as well"
        # torchvision names no address any more either.
        archive = f"Stanford Cars (from a copy, since Stanford took its own offline{other})"
        require_unpacked(self.name, self.root, missing, archive)

    def load(self) -> ImageSet:
        """Return images (N, 3, image_size, image_size), or their files, read once a process; training
        files stand first.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        self.check()
        return _read(self.root, self.image_size, self.decode)


def _place(root: Path, name: str) -> Path:
    beside = root / Path(name).name  # the test labels came later than the devkit, as a file of their own
    return beside if name == TEST and beside.exists() else root / name


@lru_cache(maxsize=1)
def _read(root: Path, image_size: int, decode: Decode) -> ImageSet:
    if (root / ONE_LIST).exists():
        listing, meta = root / ONE_LIST, root / ONE_LIST
        images = _listed(listing, "relative_im_path", root)
    else:
        listing, meta = _place(root, TEST), root / META
        images = _listed(root / TRAIN, "fname", root / "cars_train")
        images += _listed(listing, "fname", root / "cars_test")
    names = dict(enumerate(map(str, np.atleast_1d(_variable(meta, "class_names"))), start=1))
    if len(names) != CLASSES:
        raise DatasetError(
            f"cars196: {meta} names {len(names)} classes, not {CLASSES}; unpack the archive again"
        )
    return read_halves(
        "cars196", listing, images, names, classes=CLASSES, image_size=image_size, decode=decode
    )


def _listed(file: Path, field: str, folder: Path) -> list[tuple[Path, int]]:
    annotations = np.atleast_1d(_variable(file, "annotations"))
    lacking = {field, "class"} - set(annotations.dtype.names or ())
    if lacking:
        raise DatasetError(
            f"cars196: the annotations of {file} have no {' and no '.join(sorted(lacking))}; "
            "the list without the test labels is not enough"
        )
    return [
        (folder / str(image), int(number))
        for image, number in zip(annotations[field], annotations["class"], strict=True)
    ]


def _variable(file: Path, name: str) -> Any:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        return loadmat(str(file), squeeze_me=True, variable_names=[name])[name]
    except (
        OSError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        RuntimeError,
        MatReadError,
        zlib.error,
    ) as error:
        raise DatasetError(
            f"cars196: {file} is no readable MATLAB file with {name}: {error}; unpack the archive again"
        ) from error
