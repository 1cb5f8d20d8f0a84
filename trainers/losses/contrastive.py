"""Contrastive loss over all pairs of a batch."""

from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.mined import MinedLoss
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.batch import labelled
from trainers.losses.functional.closed_form import with_gradient
from trainers.losses.miners.candidates import Candidates


class ContrastiveLoss(MinedLoss):
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
        miner: which pairs there are. A pair counts once for every chosen triplet that it is part of.
    """

    name: Literal["contrastive"] = "contrastive"
    pos_margin: float = Field(default=0.0, ge=0)
    neg_margin: float = Field(default=0.5, gt=0)
    normalize: bool = True
    power: Literal[1, 2] = 1
    squared_hinge: bool = False
    reduction: Literal["mean", "mean_active"] = "mean"

    @property
    def geometry(self) -> Geometry:
        """The space of the distances that are compared; its margin is that of the negatives."""
        collapsed_loss = self.neg_margin ** (2 if self.squared_hinge else 1)
        return Geometry(self.normalize, self.power, self.neg_margin, collapsed_loss=collapsed_loss)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:  # noqa: ARG002  (losses with proxies need them)
        """Return the loss as a module: embeddings (B, D) and labels (B,) in, a LossValue out."""
        return _Contrastive(self)


class _Contrastive(nn.Module):
    def __init__(self, spec: ContrastiveLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, classes = labelled(embeddings, labels, on_sphere=self.spec.normalize)
        candidates = Candidates(points, classes, labels, self.spec.power)
        positive, negative = self.spec.miner.pairs(candidates)
        values = candidates.values
        pull, pulls, active_positives = self._mean(values - self.spec.pos_margin, positive)
        push, pushes, active_negatives = self._mean(self.spec.neg_margin - values, negative)
        loss = with_gradient(pull + push, candidates.compared, pulls.sub_(pushes))
        return LossValue(loss, active_negatives, active_positives, active_negatives)

    def _mean(self, excess: Tensor, counts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the reduced hinges of pairs that count so often, their slopes, and the active share."""
        weights = counts.to(excess.dtype)
        hinges = excess.clamp_(min=0)
        slopes = hinges.sign().mul_(weights)
        active, chosen = slopes.sum(), weights.sum().clamp_(min=1)
        over = active.clamp(min=1) if self.spec.reduction == "mean_active" else chosen
        if self.spec.squared_hinge:
            slopes.mul_(hinges).mul_(2)
            hinges.square_()
        cost = hinges.mul_(weights).sum() / over  # a product: what is not finite stays visible
        return cost, slopes.div_(over), active / chosen
