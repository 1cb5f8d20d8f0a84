"""What every batch sampler's ``build`` returns."""

from collections.abc import Iterator
from typing import Protocol

from torch import Tensor


class Batches(Protocol):
    """The batches of every epoch; those of one epoch depend on the seed and the epoch's number only.

    Attributes:
        steps: how many batches an epoch has.
        classes: how many classes a batch can have.
    """

    steps: int
    classes: int

    def epoch(self, number: int) -> Iterator[Tensor]:
        """Yield the positions of each batch among the labelled images, int64."""
