"""The encoder that goes with variational autoencoders of small images."""

from itertools import pairwise
from typing import Literal

from torch import nn

from trainers.backbones.mlp import Widths
from trainers.backbones.vectors import refuse_vectors
from trainers.specs import MethodSpec


class VAEConv(MethodSpec):
    """3x3 convolutions with leaky ReLU, images halved after every second one, then one linear layer.

    The kind of encoder that MetricVAE (Safir et al., SciPy 2022) is used with: 8 to 64 channels, two
    max-poolings, and nothing between the last feature map and means and log variances. Without a posterior it
    serves as well.

    Attributes:
        channels: the number of channels of the convolutions, first to last.
    """

    name: Literal["vae_conv"] = "vae_conv"
    channels: Widths = (8, 16, 32, 64)

    @property
    def pretrained(self) -> bool:
        """False: weights are always drawn."""
        return False

    def check(self) -> None:
        """Find nothing missing: there is no file to read."""

    def build(self, input_shape: tuple[int, int, int], outputs: int) -> nn.Module:
        """Return a network from images (B, *input_shape), of any size, to (B, outputs).

        Raises:
            ConfigError: the data are vectors, (1, 1, D).
        """
        refuse_vectors(self.name, input_shape)
        depth, height, width = input_shape
        layers: list[nn.Module] = []
        for number, (before, after) in enumerate(pairwise((depth, *self.channels)), 1):
            layers += [nn.Conv2d(before, after, kernel_size=3, padding=1), nn.LeakyReLU()]
            if number % 2 == 0:
                layers.append(nn.MaxPool2d(2, ceil_mode=True))
                height, width = (height + 1) // 2, (width + 1) // 2
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(self.channels[-1] * height * width, outputs))
