"""From stored pixels to network input, as the first layer of every model."""

import torch
from torch import Tensor, nn

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Standardise(nn.Module):
    """Maps images (B, C, H, W) to floats; over those with ``mean`` and ``std`` a channel has mean 0, std 1.

    Both are (C,), of pixels divided by 255.

    Images are uint8, or float32 where a dataset holds vectors (B, 1, 1, D): these are one channel, so their
    axes keep their proportions. Mean and standard deviation are buffers, so saved weights are complete:
    stored pixels go in, embeddings come out. A channel that never changes is only centred.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean.float()[:, None, None])
        self.register_buffer("std", std.masked_fill(std == 0, 1).float()[:, None, None])

    @classmethod
    def of(cls, training_images: Tensor) -> "Standardise":
        """Return the layer that standardises these images (N, C, H, W)."""
        of_channels = _of_bytes if training_images.dtype == torch.uint8 else _of_floats
        return cls(*of_channels(training_images))

    @classmethod
    def of_imagenet(cls) -> "Standardise":
        """Return the layer that standardises ImageNet's images, for weights that were trained on them.

        It gives three channels; grey images (B, 1, H, W) are shown three times.
        """
        return cls(torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD))

    @classmethod
    def as_stored(cls, images: Tensor) -> "Standardise":
        """Return the layer that leaves vectors as they are, and brings pixels into [0, 1]."""
        channels = images.shape[1]
        scale = 1.0 if images.dtype == torch.uint8 else 1 / 255
        return cls(torch.zeros(channels), torch.full((channels,), scale))

    def forward(self, images: Tensor) -> Tensor:
        """Return the images as float32, standardised."""
        return (images.float() / 255 - self.mean) / self.std


def _of_bytes(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation a channel, in 255ths, float64, without the images as floats."""
    counts = torch.stack([channel.flatten().bincount(minlength=256) for channel in images.unbind(1)])
    shares = counts.double() / counts.sum(1, keepdim=True)
    levels = torch.arange(256, dtype=torch.float64) / 255
    mean = shares @ levels
    return mean, (shares * (levels - mean[:, None]).square()).sum(1).sqrt()


def _of_floats(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return the same of float images."""
    channels = images.transpose(0, 1).flatten(1).double() / 255
    return channels.mean(1), channels.std(1, correction=0)
