"""What is changed about training images at random; ``Augmentation`` is the config of the way to do it."""

from typing import Literal

from pydantic import Field
from torch import Tensor

from trainers.data.resized_crops import boxes, cut
from trainers.errors import ConfigError
from trainers.specs import MethodSpec


class CropAndFlip(MethodSpec):
    """Random parts of training images, mirrored at random; the middle of all others.

    A part has a random share of the image's area and a width to height of 3/4 to 4/3, as in torchvision's
    RandomResizedCrop, which goes back to Szegedy et al. (CVPR 2015), and is resized to ``crop``.

    Attributes:
        crop: height and width, in pixels, of what the network sees; 2 or more.
        min_scale: the smallest share of the area, in (0, 1]; torchvision's own is 0.08.
        flip: whether half of the training images are mirrored, left to right.
    """

    name: Literal["crop_and_flip"] = "crop_and_flip"
    crop: int = Field(default=224, ge=2)
    min_scale: float = Field(default=0.2, gt=0, le=1)
    flip: bool = True

    def shape(self, image_shape: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return channels, height and width of what the network sees of images of a shape.

        Raises:
            ConfigError: the images are smaller than the crop, or vectors.
        """
        channels, height, width = image_shape
        if min(height, width) < self.crop:
            raise ConfigError(
                f"augmentation.crop: {self.crop} pixels do not fit into images of {height}x{width}; "
                f"write a smaller crop, or a larger dataset.image_size where the dataset has one"
            )
        return channels, self.crop, self.crop

    def training(self, images: Tensor, chances: Tensor) -> Tensor:
        """Return random parts (B, C, crop, crop) of images (B, C, H, W), by chances (B, ``CHANCES``)."""
        height, width = images.shape[2:]
        parts = boxes(chances, height, width, self.min_scale)
        return cut(images, parts, (chances[:, -1] < 0.5) & self.flip, self.crop)

    def evaluation(self, images: Tensor) -> Tensor:
        """Return the middle (…, C, crop, crop) of images (…, C, H, W)."""
        top, left = (round((size - self.crop) / 2) for size in images.shape[-2:])
        return images[..., top : top + self.crop, left : left + self.crop]


Augmentation = CropAndFlip
