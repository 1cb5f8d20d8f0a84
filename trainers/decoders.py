"""The networks from embedding back to image; ``Decoder`` is the union of their configs, by ``name``."""

from itertools import pairwise
from math import prod
from typing import Annotated, Literal

import torch
from pydantic import Field, PositiveInt
from torch import Tensor, nn

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


class SpatialBroadcastDecoder(MethodSpec):
    """Every pixel has the latent and its own place, from which 3x3 convolutions with ReLU make the image.

    Watters et al., 2019: nothing has to be learnt to put a part of the image elsewhere. All convolutions work
    at the image's full size, which takes its time. Pixels in [0, 1] by a 1x1 convolution and a sigmoid.

    Attributes:
        channels: the number of channels of the convolutions, first to last.
    """

    name: Literal["spatial_broadcast"] = "spatial_broadcast"
    channels: Widths = (64, 64, 64, 64)

    def build(self, lsdim: int, image_shape: tuple[int, int, int]) -> nn.Module:
        """Return a network from latents (B, lsdim) to images (B, *image_shape) in [0, 1], of any size."""
        depth, height, width = image_shape
        layers: list[nn.Module] = [_Broadcast(height, width)]
        for before, after in pairwise((lsdim + 2, *self.channels)):
            layers += [nn.Conv2d(before, after, kernel_size=3, padding=1), nn.ReLU()]
        return nn.Sequential(*layers, nn.Conv2d(self.channels[-1], depth, kernel_size=1), nn.Sigmoid())


class _Broadcast(nn.Module):
    places: Tensor

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        rows, columns = torch.linspace(-1, 1, height), torch.linspace(-1, 1, width)
        places = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))
        self.register_buffer("places", places, persistent=False)

    def forward(self, latents: Tensor) -> Tensor:
        """Return (B, lsdim + 2, H, W): at every pixel the latent, row and column in [−1, 1]."""
        (_, height, width), count = self.places.shape, len(latents)
        tiles = latents[:, :, None, None].expand(-1, -1, height, width)
        return torch.cat([tiles, self.places.expand(count, -1, -1, -1)], 1)


Decoder = Annotated[MLPDecoder | ConvDecoder | SpatialBroadcastDecoder, Field(discriminator="name")]
