"""What is changed about training images at random; ``Augmentation`` is the config of the way to do it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import torch
from pydantic import Field
from torch import Tensor

from trainers.errors import ConfigError
from trainers.specs import MethodSpec

if TYPE_CHECKING:
    from torchvision.transforms import v2

Transform = Callable[[Tensor], Tensor]


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

    def training(self) -> "v2.Transform":
        """Return what maps one image (C, H, W) of any size to (C, crop, crop), by torch's global chance."""
        from torchvision.transforms import v2

        crop = v2.RandomResizedCrop(self.crop, scale=(self.min_scale, 1.0), antialias=True)
        return v2.Compose([crop, v2.RandomHorizontalFlip(0.5)]) if self.flip else crop

    def evaluation(self) -> "v2.Transform":
        """Return what maps images (…, C, H, W) to their middle (…, C, crop, crop)."""
        from torchvision.transforms import v2

        return v2.CenterCrop(self.crop)


Augmentation = CropAndFlip


def seeded(transform: Transform, image: Tensor, seed: int) -> Tensor:
    """Return the image transformed with chance of its own; torch's global generator is left as it was."""
    state = torch.get_rng_state()
    torch.default_generator.manual_seed(seed)
    try:
        return transform(image)
    finally:
        torch.set_rng_state(state)
