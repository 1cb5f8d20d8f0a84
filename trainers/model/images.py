"""Images as users have them, in the form in which training has them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from trainers.data.datasets.files.decoding import decode_one, pixels_of
from trainers.errors import DatasetError
from trainers.model.facts import Preprocessing

ImageLike = Tensor | Image.Image | Path | str
Images = ImageLike | Sequence[ImageLike]
"""One tensor (N, C, H, W) or (C, H, W), one image of Pillow's, one file or folder; or a list of these."""

ENDINGS = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
ALLOWED = "a tensor, an image of Pillow's, the path of a file or folder, or a list of these"


def listed(images: Images) -> list[ImageLike]:
    """Return the images one by one, in their order; of a folder, all image files below it, by path.

    Raises:
        DatasetError: it is nothing of the kind, or a folder without an image.
    """
    if isinstance(images, Tensor):
        return list(images.unbind(0)) if images.ndim == 4 else [images]
    if isinstance(images, str | Path):
        return list(files_at(Path(images)))
    if isinstance(images, Image.Image):
        return [images]
    if isinstance(images, Sequence):
        return [image for each in images for image in listed(each)]
    raise DatasetError(f"images: {type(images).__name__} is no image; give {ALLOWED}")


def files_at(path: Path) -> list[Path]:
    """Return a file, or all image files below a folder, by path.

    Raises:
        DatasetError: nothing is there, or the folder holds no image.
    """
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
        if not found:
            raise DatasetError(f"{path}: the folder holds no image; allowed are {', '.join(sorted(ENDINGS))}")
        return found
    if not path.exists():
        raise DatasetError(f"{path}: there is no such file or folder")
    return [path]


def as_stored(images: Sequence[ImageLike], preprocessing: Preprocessing) -> Iterator[Tensor]:
    """Yield what the network sees of each image, (C, H, W): uint8, or float32 of vectors.

    An image is brought to the channels and the size of the training's: see ``Embedder.embed``.

    Raises:
        DatasetError: an image is missing, damaged or of another kind.
    """
    if preprocessing.values == "vectors":
        yield from (_vector(image, preprocessing.width) for image in images)
        return
    augmentation = preprocessing.augmentation
    for image in images:
        pixels = _pixels(image, preprocessing)
        yield augmentation.evaluation(pixels) if augmentation else pixels


def _vector(vector: ImageLike, width: int) -> Tensor:
    if not isinstance(vector, Tensor) or vector.shape != (1, 1, width):
        given = tuple(vector.shape) if isinstance(vector, Tensor) else type(vector).__name__
        raise DatasetError(
            f"images: this model embeds vectors of {width} numbers, not {given}; "
            f"give a tensor (N, 1, 1, {width})"
        )
    return vector.float()


def _pixels(image: ImageLike, preprocessing: Preprocessing) -> Tensor:
    grayscale, size = preprocessing.channels == 1, preprocessing.size
    if isinstance(image, str | Path):
        return decode_one("images", Path(image), size, grayscale=grayscale)
    if isinstance(image, Tensor):
        pixels = _bytes(image)
        if pixels.shape == (preprocessing.channels, preprocessing.height, preprocessing.width):
            return pixels  # as they would come back from Pillow
        image = _as_picture(pixels)
    try:
        return pixels_of(image, size, grayscale=grayscale)
    except (OSError, SyntaxError, ValueError) as error:
        raise DatasetError(f"images: one cannot be read: {error}; replace or remove it") from error


def _bytes(pixels: Tensor) -> Tensor:
    """Return pixels (1 or 3, H, W) as uint8 on the CPU."""
    if pixels.ndim != 3 or pixels.shape[0] not in {1, 3} or not pixels.numel():
        raise DatasetError(
            f"images: a tensor {tuple(pixels.shape)} is no image; give (C, H, W) or (N, C, H, W) "
            "with 1 or 3 channels"
        )
    pixels = pixels.detach().cpu()
    if pixels.dtype == torch.uint8:
        return pixels
    if not pixels.is_floating_point() or not (pixels.min() >= 0 and pixels.max() <= 1):
        raise DatasetError(
            f"images: a tensor of {pixels.dtype} from {pixels.min():g} to {pixels.max():g}; "
            "give uint8 from 0 to 255, or floats from 0 to 1"
        )
    return (pixels * 255).round().to(torch.uint8)


def _as_picture(pixels: Tensor) -> Image.Image:
    from torchvision.transforms.functional import to_pil_image

    picture: Image.Image = to_pil_image(pixels)
    return picture
