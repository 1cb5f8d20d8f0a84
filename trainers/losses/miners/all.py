"""Everything that can be compared."""

from typing import Literal

from torch import Tensor

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.spec import MinerSpec
from trainers.losses.miners.triplets import Triplets


class AllMiner(MinerSpec):
    """Every anchor with every positive and every negative; of pairs, every one of the batch.

    Weinberger and Saul, JMLR 2009; batch-all in Hermans et al., 2017.
    """

    name: Literal["all"] = "all"

    def triplets(self, candidates: Candidates) -> Triplets:
        """Return every triplet; a loss that can do without the list, in O(B³) memory, does."""
        every = candidates.positive[:, :, None].logical_and(candidates.negative[:, None, :])
        return Triplets(*every.nonzero(as_tuple=True))

    def pairs(self, candidates: Candidates) -> tuple[Tensor, Tensor]:
        """Return the masks of all pairs of one class and of two, (B, B) bool each."""
        return candidates.positive, candidates.negative
