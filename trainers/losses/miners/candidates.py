"""What a miner chooses from: the labelled images of a batch, and how far they are from each other."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from torch import Tensor

from trainers.losses.functional.batch import pairs
from trainers.losses.functional.distances import pairwise_distances


@dataclass(frozen=True)
class Candidates:
    """The labelled images of a batch in a loss's own space.

    Attributes:
        points: (B, D).
        labels: (B,), each at least 0.
        drawn: (N,), the labels of the whole batch as it was drawn, -1 where unknown; B of them are known.
        power: 1 if the loss compares distances, 2 if squared ones.
    """

    points: Tensor
    labels: Tensor
    drawn: Tensor
    power: Literal[1, 2] = 1

    @cached_property
    def compared(self) -> Tensor:
        """What is compared, (B, B), with the points' gradient."""
        return pairwise_distances(self.points, squared=self.power == 2)

    @property
    def values(self) -> Tensor:
        """What is compared, (B, B): distances, or squared distances; without a gradient."""
        return self.compared.detach()

    @cached_property
    def distances(self) -> Tensor:
        """The distances (B, B), not squared."""
        return self.values if self.power == 1 else self.values.sqrt()

    @property
    def positive(self) -> Tensor:
        """The pairs of one class, (B, B) bool, without the diagonal."""
        return self._pairs[0]

    @property
    def negative(self) -> Tensor:
        """The pairs of two classes, (B, B) bool."""
        return self._pairs[1]

    @property
    def triplet_count(self) -> Tensor:
        """How many triplets there are, an integer scalar."""
        sizes = self._class_sizes
        return ((sizes - 1) * (len(self.labels) - sizes)).sum()

    @property
    def comparable(self) -> Tensor:
        """The images that have a positive and a negative, (B,) bool."""
        return (self._class_sizes > 1).logical_and_(self._class_sizes < len(self.labels))

    @cached_property
    def _class_sizes(self) -> Tensor:
        return (self.labels[:, None] == self.labels).sum(1)

    @cached_property
    def _pairs(self) -> tuple[Tensor, Tensor]:
        return pairs(self.labels)
