"""The semi-hard negative of every positive."""

from typing import Literal

import torch
from torch import Tensor

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.spec import MinerSpec
from trainers.losses.miners.triplets import Triplets


class FacenetMiner(MinerSpec):
    """For every anchor and positive the nearest negative farther than the positive, else the farthest one.

    The negative of FaceNet (Schroff et al., CVPR 2015), in the online form that TensorFlow made common.
    """

    name: Literal["facenet"] = "facenet"

    def triplets(self, candidates: Candidates) -> Triplets:
        """Return one triplet for every pair anchor–positive."""
        return Triplets.of_partners(candidates, next_farther(candidates.values, candidates.negative))


def next_farther(values: Tensor, negative: Tensor) -> Tensor:
    """Return (B, B), for every pair (a, p) the nearest negative that is farther than p, else the farthest.

    Positions mean nothing where a has no negative.

    Args:
        values: (B, B), what is compared.
        negative: (B, B) bool.
    """
    nearest, order = values.masked_fill(~negative, torch.inf).sort(dim=1)
    rank = torch.searchsorted(nearest, values.contiguous(), right=True)
    last = negative.sum(1, keepdim=True) - 1
    return order.gather(1, torch.minimum(rank, last).clamp(min=0))
