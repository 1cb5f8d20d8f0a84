"""The networks from embedding back to image; ``Decoder`` is the union of their configs, by ``name``."""

from itertools import pairwise
from math import prod
from typing import Annotated, Literal

from pydantic import Field, PositiveInt
from torch import nn

from trainers.backbones import Widths
from trainers.specs import MethodSpec


class MLPDecoder(MethodSpec):
    """Fully connected layers with ReLU between them; pixels in [0, 1] by a sigmoid.

    Attributes:
        hidden: the widths of the hidden layers, first to last.
    """

    name: Literal["mlp"] = "mlp"
    hidden: Widths = (256, 256)

    def build(self, lsdim: int, image_shape: tuple[int, int, int]) -> nn.Module:
        """Return a network from latents (B, lsdim) to images (B, *image_shape) in [0, 1]."""
        widths = pairwise((lsdim, *self.hidden))
        layers = [layer for before, after in widths for layer in (nn.Linear(before, after), nn.ReLU())]
        pixels = nn.Linear(self.hidden[-1], prod(image_shape))
        return nn.Sequential(*layers, pixels, nn.Sigmoid(), nn.Unflatten(1, image_shape))


class ConvDecoder(MethodSpec):
    """A small image, doubled in size by every 3x3 convolution; pixels in [0, 1] by a sigmoid.

    Images are enlarged by repeating pixels before each convolution, which leaves none of the checkerboards
    of transposed convolutions (Odena et al., Distill 2016).

    Attributes:
        channels: the number of channels, from the smallest image to the one before the last.
        hidden: the width of the layer between the latents and the smallest image.
    """

    name: Literal["convnet"] = "convnet"
    channels: Widths = (64, 32, 16)
    hidden: PositiveInt = 128

    def build(self, lsdim: int, image_shape: tuple[int, int, int]) -> nn.Module:
        """Return a network from latents (B, lsdim) to images (B, *image_shape) in [0, 1], of any size."""
        depth, height, width = image_shape
        sizes = [(height, width)]
        for _ in self.channels:
            sizes.insert(0, ((sizes[0][0] + 1) // 2, (sizes[0][1] + 1) // 2))
        first = (self.channels[0], *sizes[0])
        layers: list[nn.Module] = [
            nn.Linear(lsdim, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, prod(first)),
            nn.ReLU(),
            nn.Unflatten(1, first),
        ]
        for (before, after), size in zip(pairwise((*self.channels, depth)), sizes[1:], strict=True):
            layers += [nn.Upsample(size=size), nn.Conv2d(before, after, kernel_size=3, padding=1), nn.ReLU()]
        return nn.Sequential(*layers[:-1], nn.Sigmoid())


Decoder = Annotated[MLPDecoder | ConvDecoder, Field(discriminator="name")]
