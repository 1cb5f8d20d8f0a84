"""A negative for every positive, drawn so that near and far ones are alike likely."""

from typing import Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.draw import draw
from trainers.losses.miners.spec import MinerSpec
from trainers.losses.miners.triplets import Triplets
from trainers.specs import refuse


class DistanceMiner(MinerSpec):
    """For every anchor and positive a negative, drawn by one over the density of its distance.

    Distance-weighted sampling (Wu et al., ICCV 2017), on the unit sphere only. There, in d dimensions,
    distances crowd around √2; a negative's weight is D^(2−d) (1 − D²/4)^((3−d)/2). If all of an anchor's
    negatives are too far, each is as likely as another.

    Attributes:
        nearest: nearer negatives count as this near, so that they do not outweigh all others.
        farthest: farther ones are left out: beyond √2 the density falls again, and the weight would favour
            opposite points.
    """

    on_sphere_only = True
    name: Literal["distance"] = "distance"
    nearest: float = Field(default=0.5, gt=0)
    farthest: float = Field(default=1.4, lt=2)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.nearest >= self.farthest:
            refuse([("nearest", f"{self.nearest:g} is not below farthest {self.farthest:g}; lower it")])
        return self

    def triplets(self, candidates: Candidates) -> Triplets:
        """Return one triplet for every pair anchor–positive."""
        dimensions = candidates.points.shape[1]
        return Triplets.of_partners(
            candidates, draw(self.weights(candidates.distances, candidates.negative, dimensions))
        )

    def weights(self, distances: Tensor, negative: Tensor, dimensions: int) -> Tensor:
        """Return the probability (B, B) of each negative; rows without a negative are 0.

        Args:
            distances: (B, B), not squared, of points on the unit sphere.
            negative: (B, B) bool.
            dimensions: d, at least 1.
        """
        near = negative.logical_and(distances <= self.farthest)
        eligible = torch.where(near.any(1, keepdim=True), near, negative)
        clipped = distances.double().clamp(self.nearest, self.farthest)
        logarithm = (2 - dimensions) * clipped.log() + (3 - dimensions) / 2 * (1 - clipped.square() / 4).log()
        return torch.softmax(logarithm.masked_fill(~eligible, -torch.inf), 1).nan_to_num(0)
