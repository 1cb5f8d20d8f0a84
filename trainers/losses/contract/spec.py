"""The config of a loss: what a new one inherits from."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Self

from pydantic import model_validator
from torch import nn

from trainers.losses.contract.geometry import Geometry
from trainers.specs import MethodSpec, Mistake, refuse


class LossSpec(MethodSpec):
    """The config of one loss: its fields, the geometry it measures in, and how it is built."""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        refuse(self._mistakes_together())
        return self

    def _mistakes_together(self) -> Iterator[Mistake]:
        """Yield what is wrong with the fields together; a subclass adds its own to its base's."""
        yield from ()

    @property
    @abstractmethod
    def geometry(self) -> Geometry:
        """The space the loss measures in, which evaluation and diagnostics follow."""

    @abstractmethod
    def build(self, *, class_count: int, lsdim: int) -> nn.Module:
        """Return the loss as a module: embeddings (B, lsdim) and labels (B,) in, a ``LossValue`` out.

        If the module has parameters of its own and an ``lr_factor``, they take steps that many times as large
        as the network's, and no weight decay.

        Args:
            class_count: how many classes the labels come from.
            lsdim: the dimensionality of the embeddings.
        """
