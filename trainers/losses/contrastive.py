"""Contrastive loss over all pairs of a batch."""

from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from trainers.losses.batch import labelled, pairs
from trainers.losses.functional.distances import pairwise_distances
from trainers.losses.value import LossValue
from trainers.specs import MethodSpec


class ContrastiveLoss(MethodSpec):
    """L = mean over positives of [D^power − pos_margin]₊^h + over negatives of [neg_margin − D^power]₊^h.

    h is 2 if ``squared_hinge``, else 1. The loss of Hadsell et al., CVPR 2006, is the squared hinge with a
    pos_margin of 0; the linear hinge is what pytorch-metric-learning computes. Each of the two means is 0
    where the batch has no pair of its kind. The active ratio is that of the negatives: a positive of distance
    0 does not happen, so nearly all of the positives are active all the time.

    Attributes:
        pos_margin: the distance, to the power, under which a positive costs nothing.
        neg_margin: the distance, to the power, from which on a negative costs nothing. On the unit sphere no
            distance is above 2, no squared one above 4.
        normalize: whether embeddings are put on the unit sphere first.
        power: 1 compares distances, 2 squared distances.
        squared_hinge: whether the hinge is squared, so that a pair near its margin is hardly moved.
        reduction: ``mean`` over all pairs of a kind, or ``mean_active`` over those with a loss above 0.
    """

    name: Literal["contrastive"] = "contrastive"
    pos_margin: float = Field(default=0.0, ge=0)
    neg_margin: float = Field(default=0.5, gt=0)
    normalize: bool = True
    power: Literal[1, 2] = 1
    squared_hinge: bool = False
    reduction: Literal["mean", "mean_active"] = "mean"

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:  # noqa: ARG002  (losses with proxies need them)
        """Return the loss as a module: embeddings (B, D) and labels (B,) in, a LossValue out."""
        return _Contrastive(self)


class _Contrastive(nn.Module):
    def __init__(self, spec: ContrastiveLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, labels = labelled(embeddings, labels, on_sphere=self.spec.normalize)
        positive, negative = pairs(labels)
        values = pairwise_distances(points, squared=self.spec.power == 2)
        pull, active_positives = self._mean(values - self.spec.pos_margin, positive)
        push, active_negatives = self._mean(self.spec.neg_margin - values, negative)
        return LossValue(pull + push, active_negatives, active_positives, active_negatives)

    def _mean(self, excess: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the reduced hinges of the pairs in the mask, and which share of them is active."""
        hinges = excess.clamp(min=0) * mask  # a product, not a fill: what is not finite stays visible
        active, pairs_in_all = (hinges > 0).sum(), mask.sum().clamp(min=1)
        count = active.clamp(min=1) if self.spec.reduction == "mean_active" else pairs_in_all
        costs = hinges.square() if self.spec.squared_hinge else hinges
        return costs.sum() / count, active / pairs_in_all
