"""The hardest triplet of every anchor."""

from typing import Literal

import torch

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.spec import MinerSpec
from trainers.losses.miners.triplets import Triplets


class HardMiner(MinerSpec):
    """Of every anchor the farthest positive and the nearest negative: batch-hard (Hermans et al., 2017)."""

    name: Literal["hard"] = "hard"

    def triplets(self, candidates: Candidates) -> Triplets:
        """Return one triplet an anchor; anchors that lack a positive or a negative are left out."""
        anchors = candidates.comparable.nonzero()[:, 0]
        if len(anchors) == 0:
            return Triplets(anchors, anchors, anchors)
        values = candidates.values
        farthest = torch.where(candidates.positive, values, -torch.inf).argmax(1)
        nearest = torch.where(candidates.negative, values, torch.inf).argmin(1)
        return Triplets(anchors, farthest[anchors], nearest[anchors])
