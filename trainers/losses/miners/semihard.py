"""Triplets whose negative is farther than the positive, but not by the margin."""

from typing import Literal

from pydantic import Field

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.spec import MinerSpec
from trainers.losses.miners.triplets import Triplets


class SemihardMiner(MinerSpec):
    """The triplets with 0 < D_an^power − D_ap^power < margin.

    The semi-hard triplets of Schroff et al., CVPR 2015, all of them. Memory is O(B³) unless the margin is
    the loss's own, where a triplet loss counts them by sorting.

    Attributes:
        margin: in the distances that the loss compares; a triplet loss's own margin if not given.
    """

    name: Literal["semihard"] = "semihard"
    margin: float | None = Field(default=None, gt=0)

    def triplets(self, candidates: Candidates) -> Triplets:
        """Return the semi-hard triplets of the miner's own margin, which has to be given."""
        assert self.margin is not None
        gaps = candidates.values[:, None, :] - candidates.values[:, :, None]
        outside = (gaps <= 0).logical_or(
            gaps >= self.margin
        )  # what is not finite is inside, so that it shows
        inside = candidates.positive[:, :, None] & candidates.negative[:, None, :] & ~outside
        return Triplets(*inside.nonzero(as_tuple=True))
