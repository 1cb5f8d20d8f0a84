"""Any images on disk, one folder a class."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import torch
from pydantic import PositiveInt

from trainers.data.datasets.files.image_files import Decode, stored
from trainers.data.datasets.image_set import DatasetSpec, ImageSet
from trainers.errors import DatasetError


class ImageFolder(DatasetSpec):
    """Images in ``root/<class>/…``; each folder is a class, named by the folder.

    Attributes:
        root: the folder of the class folders.
        image_size: height and width, in pixels, to which every image is resized. With ``decode: every_epoch``
            and an augmentation: its shorter side, of images that are evaluated.
        decode: ``once`` keeps all decoded images in memory; ``every_epoch`` decodes a batch whenever it is
            wanted, from the files as they are.
        grayscale: whether colours are reduced to one channel.
    """

    name: Literal["image_folder"] = "image_folder"
    root: Path
    image_size: PositiveInt = 32
    decode: Decode = "once"
    grayscale: bool = False

    def check(self) -> None:
        """Look whether the class folders are there.

        Raises:
            DatasetError: ``root`` is no folder, or holds fewer than two folders, or than ``folds`` need.
        """
        folders = [entry for entry in self.root.iterdir() if entry.is_dir()] if self.root.is_dir() else []
        if len(folders) < 2:
            raise DatasetError(
                f"image_folder: {self.root.resolve()} has {len(folders)} class folders; "
                "it needs two or more, each with the images of one class; set dataset.root to their parent"
            )
        if why := self.too_many_folds(len(folders)):
            raise DatasetError(f"image_folder: folds: {why}")

    def load(self) -> ImageSet:
        """Return images (N, 1 or 3, image_size, image_size), or their files, read once a process.

        Raises:
            DatasetError: a folder is missing or holds no image, or an image is damaged.
        """
        self.check()
        return _read(self.root, self.image_size, self.grayscale, self.decode)


@lru_cache(maxsize=1)
def _read(root: Path, image_size: int, grayscale: bool, decode: Decode) -> ImageSet:
    from torchvision.datasets import ImageFolder as TorchvisionFolder

    try:
        folder = TorchvisionFolder(str(root))
    except FileNotFoundError as error:
        raise DatasetError(
            f"image_folder: {root}: {error}; remove the folder or put images into it"
        ) from error
    files = [Path(file) for file, _ in folder.samples]
    images = stored("image_folder", files, image_size, decode, grayscale=grayscale)
    return ImageSet(images, torch.tensor(folder.targets), tuple(folder.classes))
