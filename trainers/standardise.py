"""From stored pixels to network input, as the first layer of every model."""

import torch
from torch import Tensor, nn


class Standardise(nn.Module):
    """Maps uint8 images (B, C, H, W) to floats; over the training images a channel has mean 0, variance 1.

    Mean and standard deviation are buffers, so saved weights are complete: stored pixels go in, embeddings
    come out. A channel that never changes is only centred.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, training_images: Tensor) -> None:
        super().__init__()
        counts = torch.stack(
            [channel.flatten().bincount(minlength=256) for channel in training_images.unbind(1)]
        )
        shares = counts.double() / counts.sum(1, keepdim=True)
        levels = torch.arange(256, dtype=torch.float64) / 255
        mean = shares @ levels
        std = (shares * (levels - mean[:, None]).square()).sum(1).sqrt()
        self.register_buffer("mean", mean.float()[:, None, None])
        self.register_buffer("std", std.masked_fill(std == 0, 1).float()[:, None, None])

    def forward(self, images: Tensor) -> Tensor:
        """Return the images as float32, standardised."""
        return (images.float() / 255 - self.mean) / self.std
