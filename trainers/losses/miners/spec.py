"""What every miner has: from the candidates of a batch it chooses triplets, and with them pairs."""

from abc import abstractmethod
from typing import ClassVar

from torch import Tensor

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.triplets import Triplets
from trainers.specs import MethodSpec


class MinerSpec(MethodSpec):
    """The config of one miner, which has no state: what it draws, it draws from torch's global generator.

    The trainer seeds that generator in every epoch, so a resumed training draws the same.

    Attributes:
        on_sphere_only: whether it wants points on the unit sphere.
        by_position: whether it wants the batch drawn as triplets.
    """

    on_sphere_only: ClassVar[bool] = False
    by_position: ClassVar[bool] = False

    @abstractmethod
    def triplets(self, candidates: Candidates) -> Triplets:
        """Return the chosen triplets; there may be none."""

    def pairs(self, candidates: Candidates) -> tuple[Tensor, Tensor]:
        """Return how often each pair anchor–positive and each pair anchor–negative is chosen, (B, B) each.

        A pair counts once for every chosen triplet that it is part of, as in pytorch-metric-learning.
        """
        return self.triplets(candidates).pairs(len(candidates.labels))
