"""Fully connected layers over the pixels."""

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Annotated, Literal

from pydantic import Field, PositiveInt
from torch import nn

from trainers.specs import MethodSpec

Widths = Annotated[tuple[PositiveInt, ...], Field(min_length=1)]


class MLP(MethodSpec):
    """Fully connected layers with ReLU between them, over the pixels in a row.

    Attributes:
        hidden: the widths of the hidden layers, first to last.
    """

    name: Literal["mlp"] = "mlp"
    hidden: Widths = (256, 256)

    @property
    def pretrained(self) -> bool:
        """False: weights are always drawn."""
        return False

    def check(self) -> None:
        """Find nothing missing: there is no file to read."""

    def build(self, input_shape: tuple[int, int, int], outputs: int) -> nn.Module:
        """Return a network from images (B, *input_shape) to (B, outputs)."""
        widths = (prod(input_shape), *self.hidden)
        return nn.Sequential(nn.Flatten(), *dense(widths), nn.Linear(self.hidden[-1], outputs))


def dense(widths: Sequence[int]) -> list[nn.Module]:
    """Return fully connected layers from each width to the next, each with ReLU behind it."""
    return [layer for before, after in pairwise(widths) for layer in (nn.Linear(before, after), nn.ReLU())]
