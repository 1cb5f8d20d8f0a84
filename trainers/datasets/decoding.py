"""Image files on disk, decoded to one size."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torchvision.datasets.folder import default_loader
from torchvision.transforms.functional import pil_to_tensor, resize

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
        images[index] = _decode(name, file, image_size, grayscale)
    return images


def _decode(name: str, file: Path, image_size: int, grayscale: bool) -> Tensor:
    try:
        image = default_loader(str(file)).convert("L" if grayscale else "RGB")
        pixels: Tensor = pil_to_tensor(resize(image, [image_size, image_size]))
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises on damaged files, by format
        raise DatasetError(f"{name}: {file} is no readable image: {error}; replace or remove it") from error
    return pixels
