"""A random negative for every positive."""

from typing import Literal

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.draw import draw
from trainers.losses.miners.spec import MinerSpec
from trainers.losses.miners.triplets import Triplets


class RandomMiner(MinerSpec):
    """For every anchor and positive a negative drawn evenly out of all others."""

    name: Literal["random"] = "random"

    def triplets(self, candidates: Candidates) -> Triplets:
        """Return one triplet for every pair anchor–positive."""
        return Triplets.of_partners(candidates, draw(candidates.negative.double()))
