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
        positive, negative = candidates.positive, candidates.negative
        anchors = positive.any(1).logical_and(negative.any(1)).nonzero()[:, 0]
        if len(anchors) == 0:
            return Triplets(anchors, anchors, anchors)
        rows = candidates.values[anchors]
        farthest = rows.masked_fill(~positive[anchors], -torch.inf).argmax(1)
        nearest = rows.masked_fill(~negative[anchors], torch.inf).argmin(1)
        return Triplets(anchors, farthest, nearest)
