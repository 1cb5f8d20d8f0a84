"""Triplet loss over all triplets of a batch, with direction regularisation."""

from typing import Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn.functional import normalize

from trainers.distances import pairwise_distances
from trainers.losses.batch_all import batch_all
from trainers.losses.direction import direction_regularised
from trainers.losses.value import LossValue
from trainers.specs import MethodSpec


class TripletLoss(MethodSpec):
    """L = [D_ap^power − D_an^power + margin − reg_constant · cos(z_n − z_a, z_p − z_a)]₊ over all triplets.

    The cosine rewards moving the positive across, not along, the way to the negative. Where all three
    distances are equal it is ½, so with reg_constant ≥ 2 margin (in practice 1.75) a batch of equidistant
    points costs nothing: search reg_ratio in [0.5, 1.45].

    The loss is that of Weinberger and Saul, JMLR 2009, and Schroff et al., CVPR 2015; the regularisation that
    of Mohan et al., CVPR 2020.

    Attributes:
        margin: by how much a negative has to be farther than a positive.
        reg_constant: weight of the direction regularisation; no regularisation if neither this nor reg_ratio
            is given.
        reg_ratio: the same weight, as a multiple of the margin.
        normalize: whether embeddings are put on the unit sphere first.
        power: 1 compares distances, 2 squared distances.
        reduction: ``mean`` over all triplets, or ``mean_active`` over those with a loss greater than 0.
    """

    name: Literal["triplet"] = "triplet"
    margin: float = Field(default=0.2, gt=0)
    reg_constant: float | None = Field(default=None, ge=0)
    reg_ratio: float | None = Field(default=None, ge=0)
    normalize: bool = True
    power: Literal[1, 2] = 1
    reduction: Literal["mean", "mean_active"] = "mean"

    @model_validator(mode="after")
    def _one_weight(self) -> "TripletLoss":
        if self.reg_constant is not None and self.reg_ratio is not None:
            raise ValueError(
                "reg_constant and reg_ratio are both given; reg_constant = reg_ratio x margin, keep one"
            )
        return self

    @property
    def gamma(self) -> float:
        """The weight of the direction regularisation, however it was given; 0 means none."""
        if self.reg_ratio is not None:
            return self.reg_ratio * self.margin
        return self.reg_constant or 0.0

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:  # noqa: ARG002  (losses with proxies need them)
        """Return the loss as a module: embeddings (B, D) and labels (B,) in, a LossValue out."""
        return _Triplet(self)


class _Triplet(nn.Module):
    def __init__(self, spec: TripletLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        labelled = labels >= 0  # -1 marks an image without a label; such images are no class
        embeddings, labels = embeddings[labelled], labels[labelled]
        points = normalize(embeddings, eps=1e-12) if self.spec.normalize else embeddings
        same = labels[:, None] == labels[None, :]
        positive = same.logical_and(~torch.eye(len(labels), dtype=torch.bool, device=labels.device))
        total, active = self._sum(points, labels, positive, ~same)
        triplets = (positive.sum(1) * (~same).sum(1)).sum()
        count = active if self.spec.reduction == "mean_active" else triplets
        return LossValue(total / count.clamp(min=1), active / triplets.clamp(min=1))

    def _sum(
        self, points: Tensor, labels: Tensor, positive: Tensor, negative: Tensor
    ) -> tuple[Tensor, Tensor]:
        spec = self.spec
        if spec.gamma:
            return direction_regularised(
                pairwise_distances(points), labels, spec.margin, spec.gamma, spec.power
            )
        return batch_all(pairwise_distances(points, squared=spec.power == 2), positive, negative, spec.margin)
