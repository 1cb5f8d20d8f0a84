"""From a map of features to one row of them."""

from typing import Literal

import torch
from torch import Tensor, nn

from trainers.errors import ConfigError

Pooling = Literal["mean", "mean_and_max"]

SMALLEST = 16


class MeanAndMax(nn.Module):
    """The mean of each channel, and beside it the largest value."""

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, 2C) of features (B, C, H, W): means, then maxima."""
        return torch.cat([features.mean((2, 3)), features.amax((2, 3))], dim=1)


def pooled(network: nn.Module, pooling: Pooling) -> tuple[nn.Module, int]:
    """Return a network of torchvision that ends with its pooling instead of its classifier, and the features.

    Args:
        network: has ``avgpool`` and behind it the classifier ``fc``.
        pooling: what ``avgpool`` is to be.
    """
    classifier = network.fc
    assert isinstance(classifier, nn.Linear)
    network.fc = nn.Identity()
    if pooling == "mean":
        return network, classifier.in_features
    network.avgpool = MeanAndMax()
    return network, 2 * classifier.in_features


def refuse_small(name: str, input_shape: tuple[int, int, int]) -> None:
    """Refuse images that have no pixel left to look at after being halved five times.

    Raises:
        ConfigError: a side is shorter than 16 pixels.
    """
    _, height, width = input_shape
    if min(height, width) < SMALLEST:
        raise ConfigError(
            f"backbone: {name} halves images five times and wants sides of {SMALLEST} pixels or more; "
            f"these have {height}x{width}; write backbone: {{name: convnet}}, or make the images larger"
        )
