"""The networks from embedding back to image; ``Decoder`` is the union of their configs, by ``name``.

All end in a sigmoid and begin as bright as the training images are. From grey, the first steps would race to
black, where the sigmoid has no slope left, and the latents would never be asked for anything.
"""

from itertools import pairwise
from typing import Annotated, Literal

import torch
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from trainers.backbones import Widths
from trainers.data.standardise import Standardise
from trainers.specs import MethodSpec


class MLPDecoder(MethodSpec):
    """Fully connected layers with ReLU between them; pixels in [0, 1] by a sigmoid.

    Attributes:
        hidden: the widths of the hidden layers, first to last.
    """

    name: Literal["mlp"] = "mlp"
    hidden: Widths = (256, 256)

    def build(self, lsdim: int, images: Tensor) -> nn.Module:
        """Return a network from latents (B, lsdim) to images in [0, 1], (B, C, H, W) like these."""
        shape = images.shape[1:]
        widths = pairwise((lsdim, *self.hidden))
        layers = [layer for before, after in widths for layer in (nn.Linear(before, after), nn.ReLU())]
        pixels = _from_mean(nn.Linear(self.hidden[-1], shape.numel()), images)
        return nn.Sequential(*layers, pixels, nn.Sigmoid(), nn.Unflatten(1, shape))


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

    def build(self, lsdim: int, images: Tensor) -> nn.Module:
        """Return a network from latents (B, lsdim) to images in [0, 1], (B, C, H, W) like these."""
        _, depth, height, width = images.shape
        sizes = [(height, width)]
        for _ in self.channels:
            sizes.insert(0, ((sizes[0][0] + 1) // 2, (sizes[0][1] + 1) // 2))
        first = torch.Size((self.channels[0], *sizes[0]))
        layers: list[nn.Module] = [
            nn.Linear(lsdim, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, first.numel()),
            nn.ReLU(),
            nn.Unflatten(1, first),
        ]
        for (before, after), size in zip(pairwise((*self.channels, depth)), sizes[1:], strict=True):
            pixels = nn.Conv2d(before, after, kernel_size=3, padding=1)
            layers += [nn.Upsample(size=size), pixels, nn.ReLU()]
        return nn.Sequential(*layers[:-2], _from_mean(pixels, images), nn.Sigmoid())


class SpatialBroadcastDecoder(MethodSpec):
    """Every pixel has the latent and its own place, from which 3x3 convolutions with ReLU make the image.

    Watters et al., 2019: nothing has to be learnt to put a part of the image elsewhere. All convolutions work
    at the image's full size, which takes its time. Pixels in [0, 1] by a 1x1 convolution and a sigmoid.

    Attributes:
        channels: the number of channels of the convolutions, first to last.
    """

    name: Literal["spatial_broadcast"] = "spatial_broadcast"
    channels: Widths = (64, 64, 64, 64)

    def build(self, lsdim: int, images: Tensor) -> nn.Module:
        """Return a network from latents (B, lsdim) to images in [0, 1], (B, C, H, W) like these."""
        _, depth, height, width = images.shape
        layers: list[nn.Module] = [_Broadcast(height, width)]
        for before, after in pairwise((lsdim + 2, *self.channels)):
            layers += [nn.Conv2d(before, after, kernel_size=3, padding=1), nn.ReLU()]
        pixels = _from_mean(nn.Conv2d(self.channels[-1], depth, kernel_size=1), images)
        return nn.Sequential(*layers, pixels, nn.Sigmoid())


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


def _from_mean(pixels: nn.Linear | nn.Conv2d, images: Tensor) -> nn.Module:
    """The layer of the pixels before their sigmoid, begun at the mean brightness of each channel."""
    assert pixels.bias is not None
    brightness = Standardise.of(images).mean.flatten()
    start = brightness.logit(eps=1 / 255)  # black and white have no logit: one byte's step from them
    with torch.no_grad():
        pixels.bias.copy_(start.repeat_interleave(len(pixels.bias) // len(start)))
    return pixels


Decoder = Annotated[MLPDecoder | ConvDecoder | SpatialBroadcastDecoder, Field(discriminator="name")]
