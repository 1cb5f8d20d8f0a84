"""Image files on disk, decoded to pixels."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from trainers.errors import DatasetError


def decode(name: str, files: Sequence[Path], image_size: int, *, grayscale: bool = False) -> Tensor:
    """Return the images (N, 1 or 3, image_size, image_size) uint8; an image's two sides are resized apart.

    Args:
        name: the dataset's name, for the message.
        files: the images, in any format that Pillow reads.
        image_size: height and width in pixels.
        grayscale: whether colours are reduced to one channel.

    Raises:
        DatasetError: an image is missing or damaged.
    """
    # Filled one by one: a list of tensors and their stack would take the memory twice.
    images = torch.empty(len(files), 1 if grayscale else 3, image_size, image_size, dtype=torch.uint8)
    for index, file in enumerate(files):
        images[index] = decode_one(name, file, [image_size, image_size], grayscale=grayscale)
    return images


def decode_one(name: str, file: Path, size: list[int] | None = None, *, grayscale: bool = False) -> Tensor:
    """Return one image (1 or 3, H, W) uint8.

    Transparency is left out, and of moving pictures all but the first.

    Args:
        name: the dataset's name, for the message.
        file: the image.
        size: what it is resized to: height and width, or the shorter side alone; as it is if not given.
        grayscale: whether colours are reduced to one channel.

    Raises:
        DatasetError: the image is missing or damaged.
    """
    try:
        with Image.open(file) as image:
            return pixels_of(image, size, grayscale=grayscale)
    # What Pillow raises on damaged files, by format.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{name}: {file} is no readable image: {error}; replace or remove it") from error


def pixels_of(image: Image.Image, size: list[int] | None = None, *, grayscale: bool = False) -> Tensor:
    """Return the pixels (1 or 3, H, W) uint8 of an image that Pillow has opened; the rest is as above.

    Raises:
        ValueError: it has more than 8 bits a pixel.
        OSError: its file is damaged; formats have other errors for that as well.
    """
    from torchvision.transforms.functional import pil_to_tensor, resize

    if image.mode.startswith(("I", "F")):
        raise ValueError(f"it has more than 8 bits a pixel (mode {image.mode}), which would be cut off")
    # A palette may have transparent colours, which Pillow drops only by way of RGBA without a warning.
    coloured = image.convert("RGBA" if image.mode in {"P", "PA"} else "RGB")
    converted = coloured.convert("L" if grayscale else "RGB")
    pixels: Tensor = pil_to_tensor(converted if size is None else resize(converted, size))
    return pixels
