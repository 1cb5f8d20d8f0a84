"""The networks from image to embedding; ``Backbone`` is the union of their configs, by ``name``."""

from itertools import pairwise
from math import prod
from typing import Annotated, Literal

from pydantic import Field, PositiveInt
from torch import nn

from trainers.errors import ConfigError
from trainers.specs import MethodSpec
from trainers.vae_conv import VAEConv

Widths = Annotated[tuple[PositiveInt, ...], Field(min_length=1)]


class MLP(MethodSpec):
    """Fully connected layers with ReLU between them, over the pixels in a row.

    Attributes:
        hidden: the widths of the hidden layers, first to last.
    """

    name: Literal["mlp"] = "mlp"
    hidden: Widths = (256, 256)

    def build(self, input_shape: tuple[int, int, int], lsdim: int) -> nn.Module:
        """Return a network from images (B, *input_shape) to embeddings (B, lsdim)."""
        return nn.Sequential(
            nn.Flatten(), *_dense((prod(input_shape), *self.hidden)), nn.Linear(self.hidden[-1], lsdim)
        )


class ConvNet(MethodSpec):
    """3x3 convolutions that halve height and width, each with ReLU, then one hidden layer.

    Attributes:
        channels: the number of channels of the convolutions, first to last.
        hidden: the width of the hidden layer.
    """

    name: Literal["convnet"] = "convnet"
    channels: Widths = (16, 32, 64)
    hidden: PositiveInt = 128

    def build(self, input_shape: tuple[int, int, int], lsdim: int) -> nn.Module:
        """Return a network from images (B, *input_shape), of any size, to embeddings (B, lsdim).

        Raises:
            ConfigError: the data are vectors, (1, 1, D), in which no number has neighbours.
        """
        depth, height, width = input_shape
        if height == 1 and width > 1:
            raise ConfigError(
                f"backbone: convnet looks for neighbours in images, and this dataset holds vectors of "
                f"{width} numbers; write backbone: {{name: mlp}}"
            )
        layers: list[nn.Module] = []
        for before, after in pairwise((depth, *self.channels)):
            layers += [nn.Conv2d(before, after, kernel_size=3, stride=2, padding=1), nn.ReLU()]
            height, width = (height + 1) // 2, (width + 1) // 2
        flat = self.channels[-1] * height * width
        return nn.Sequential(
            *layers, nn.Flatten(), *_dense((flat, self.hidden)), nn.Linear(self.hidden, lsdim)
        )


def _dense(widths: tuple[int, ...]) -> list[nn.Module]:
    return [layer for before, after in pairwise(widths) for layer in (nn.Linear(before, after), nn.ReLU())]


Backbone = Annotated[MLP | ConvNet | VAEConv, Field(discriminator="name")]
