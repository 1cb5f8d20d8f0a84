"""A small convolutional network."""

from itertools import pairwise
from typing import Literal

from pydantic import PositiveInt
from torch import nn

from trainers.backbones.mlp import Widths, dense
from trainers.backbones.vectors import refuse_vectors
from trainers.specs import MethodSpec


class ConvNet(MethodSpec):
    """3x3 convolutions that halve height and width, each with ReLU, then one hidden layer.

    Attributes:
        channels: the number of channels of the convolutions, first to last.
        hidden: the width of the hidden layer.
    """

    name: Literal["convnet"] = "convnet"
    channels: Widths = (16, 32, 64)
    hidden: PositiveInt = 128

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
        for before, after in pairwise((depth, *self.channels)):
            layers += [nn.Conv2d(before, after, kernel_size=3, stride=2, padding=1), nn.ReLU()]
            height, width = (height + 1) // 2, (width + 1) // 2
        flat = self.channels[-1] * height * width
        return nn.Sequential(
            *layers, nn.Flatten(), *dense((flat, self.hidden)), nn.Linear(self.hidden, outputs)
        )
