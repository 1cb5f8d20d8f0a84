"""Triplets by the positions of their images in a batch."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.losses.miners.candidates import Candidates


@dataclass(frozen=True)
class Triplets:
    """Some triplets of a batch; one may be in it more than once.

    Attributes:
        anchors: (T,) int64, positions among the labelled images of the batch.
        positives: (T,) int64, of the anchor's class.
        negatives: (T,) int64, of another class.
    """

    anchors: Tensor
    positives: Tensor
    negatives: Tensor

    @classmethod
    def of_partners(cls, candidates: Candidates, partners: Tensor) -> "Triplets":
        """Return every pair anchor–positive with the one negative that was chosen for it.

        Args:
            candidates: anchors among them without a negative are left out.
            partners: (B, B), the position of the negative of the pair (a, p).
        """
        chosen = candidates.positive.logical_and(candidates.negative.any(1, keepdim=True))
        anchors, positives = chosen.nonzero(as_tuple=True)
        return cls(anchors, positives, partners[anchors, positives])

    def pairs(self, size: int) -> tuple[Tensor, Tensor]:
        """Return how often each pair anchor–positive and anchor–negative occurs, (size, size) each."""
        return self._counts(self.positives, size), self._counts(self.negatives, size)

    def _counts(self, others: Tensor, size: int) -> Tensor:
        counts = self.anchors.new_zeros((size, size))
        return counts.index_put((self.anchors, others), torch.ones_like(others), accumulate=True)
