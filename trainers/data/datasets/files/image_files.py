"""Images that stay on disk and are decoded whenever they are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import Tensor

from trainers.data.datasets.files.decoding import decode, decode_one

Decode = Literal["once", "every_epoch"]


@dataclass(frozen=True)
class ImageFiles:
    """Image files of any sizes, which stand for the tensor (N, C, H, W) of what they show.

    Attributes:
        name: the dataset's name, for messages.
        files: the images, in any format that Pillow reads.
        image_size: in pixels; height and width where images are squeezed, the shorter side where they are
            only made smaller or larger.
        grayscale: whether colours are reduced to one channel.
    """

    name: str
    files: tuple[Path, ...]
    image_size: int
    grayscale: bool = False

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, indices: Tensor) -> "ImageFiles":
        """Return those of the files, by their indices (M,) int64."""
        chosen = tuple(self.files[index] for index in indices.tolist())
        return ImageFiles(self.name, chosen, self.image_size, self.grayscale)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The shape (N, C, image_size, image_size) of all images squeezed."""
        return len(self.files), 1 if self.grayscale else 3, self.image_size, self.image_size

    def original(self, index: int) -> Tensor:
        """Return one image (C, H, W) uint8 of its own size.

        Raises:
            DatasetError: the image is missing or damaged; the same of the two below.
        """
        return decode_one(self.name, self.files[index], grayscale=self.grayscale)

    def scaled(self, index: int) -> Tensor:
        """Return one image (C, H, W) uint8 whose shorter side is ``image_size``."""
        return decode_one(self.name, self.files[index], [self.image_size], grayscale=self.grayscale)

    def squeezed(self, index: int) -> Tensor:
        """Return one image (C, image_size, image_size) uint8; its two sides are resized apart."""
        size = [self.image_size, self.image_size]
        return decode_one(self.name, self.files[index], size, grayscale=self.grayscale)


def stored(
    name: str, files: Sequence[Path], image_size: int, how: Decode, *, grayscale: bool = False
) -> Tensor | ImageFiles:
    """Return images as ``how`` says: decoded now (N, C, image_size, image_size), or whenever asked for.

    Raises:
        DatasetError: an image is missing or damaged, if they are decoded now.
    """
    if how == "every_epoch":
        return ImageFiles(name, tuple(files), image_size, grayscale)
    return decode(name, files, image_size, grayscale=grayscale)
