"""Supervised contrastive loss over all pairs of a batch."""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.mined import MinedLoss
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.batch import labelled
from trainers.losses.functional.closed_form import with_gradient
from trainers.losses.functional.similarities import similarities
from trainers.losses.miners.candidates import Candidates


class SupervisedContrastiveLoss(MinedLoss):
    """L_i = −mean over positives p of log(exp(ẑ_i·ẑ_p / τ) / Σ_{a≠i} exp(ẑ_i·ẑ_a / τ)), mean over i.

    SupCon (Khosla et al., NeurIPS 2020), its ``out`` variant: the mean over positives stands outside the
    logarithm. The denominator has all others of the batch, positives too. Images without a positive are no
    anchors, but stand in the denominators. The loss is 0 where no image has a positive; else all of it is
    active, because a softmax never reaches its end. The space is always the unit sphere.

    Attributes:
        temperature: τ; the smaller, the more the nearest pairs count alone.
        miner: which pairs stand in numerator and denominator; each once, however often it is chosen.
    """

    name: Literal["supervised_contrastive"] = "supervised_contrastive"
    temperature: float = Field(default=0.1, gt=0)

    @property
    def geometry(self) -> Geometry:
        """The unit sphere."""
        return Geometry(on_sphere=True)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:  # noqa: ARG002  (losses with proxies need them)
        """Return the loss as a module: embeddings (B, D) and labels (B,) in, a LossValue out."""
        return _SupervisedContrastive(self)


class _SupervisedContrastive(nn.Module):
    def __init__(self, spec: SupervisedContrastiveLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, classes = labelled(embeddings, labels, on_sphere=True)
        if len(points) == 0:
            return LossValue(points.sum(), points.detach().new_zeros(()))
        chosen = self.spec.miner.pairs(Candidates(points, classes, labels))
        positive, negative = (counts.bool() for counts in chosen)
        logits = similarities(points / self.spec.temperature, points)
        costs, gradient, active = _costs(logits.detach(), positive, positive.logical_or(negative))
        count = active.sum()
        loss = with_gradient(costs.sum(), logits, gradient) / count.clamp(min=1)
        return LossValue(loss, count.clamp(max=1))


def _costs(logits: Tensor, positive: Tensor, others: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the costs (B, 1), their sum's gradient by the logits (B, B), and 1 for each anchor, else 0."""
    counts = positive.sum(1, keepdim=True)
    anchors = counts > 0
    # What is no anchor gets all of the row, so that its logarithm is finite, and no weight.
    left_out = anchors.logical_and(~others)
    weights = positive.to(logits.dtype).div_(counts.clamp(min=1))
    terms = logits.masked_fill(left_out, -torch.inf)
    most = terms.amax(1, keepdim=True)
    terms.sub_(most).exp_()
    sums = terms.sum(1, keepdim=True)
    active = anchors.to(logits.dtype)
    costs = (most + sums.log() - (logits * weights).sum(1, keepdim=True)) * active
    return costs, terms.div_(sums).sub_(weights).mul_(active), active
