"""Multi-similarity loss with a mining of its own, and direction regularisation of its negatives."""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from trainers.losses.contract.direction import DirectionRegularised
from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.mined import MinedLoss
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.angles import cosine_at_anchor
from trainers.losses.functional.batch import labelled
from trainers.losses.functional.closed_form import with_gradient
from trainers.losses.functional.similarities import similarities
from trainers.losses.miners.candidates import Candidates


class MultiSimilarityLoss(MinedLoss, DirectionRegularised):
    """L_a = log(1 + Σ_p exp(−α(S_ap − base))) / α + log(1 + Σ_n exp(β(S_an − base − γ c_an))) / β.

    The loss is Σ_a L_a / B, and S_ab = ẑ_a·ẑ_b, which is 0 of an embedding of zeros. Mined are the
    negatives with S_an + epsilon > min_p S_ap and the positives with S_ap − epsilon < max_n S_an; anchors
    that lack positives or negatives cost nothing, and count in B, the number of labelled images. c_an =
    cos(z_n − z_a, z_p* − z_a) with p* the hardest positive, argmin S_ap.

    Multi-similarity: Wang et al., CVPR 2019; the regularisation, weighted γ = ``reg_constant``: Mohan et al.,
    CVPR 2020. The active ratio is the share of all pairs that it mines. The space is always the unit
    sphere.

    Attributes:
        alpha: how sharply positives are weighted.
        beta: how sharply negatives are weighted.
        base: the similarity between positives and negatives, often called λ.
        epsilon: how far beyond the hardest of the other kind a pair still counts; from 2 on all do.
        reg_constant: weight of the direction regularisation; none if not given.
        miner: which pairs there are for epsilon to choose from; each counts once, however often it is chosen.
    """

    name: Literal["multi_similarity"] = "multi_similarity"
    alpha: float = Field(default=2.0, gt=0)
    beta: float = Field(default=50.0, gt=0)
    base: float = Field(default=0.5, ge=-1, le=1)
    epsilon: float = Field(default=0.1, ge=0)

    @property
    def geometry(self) -> Geometry:
        """The unit sphere."""
        return Geometry(on_sphere=True)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:  # noqa: ARG002  (losses with proxies need them)
        """Return the loss as a module: embeddings (B, D) and labels (B,) in, a LossValue out."""
        return _MultiSimilarity(self)


class _MultiSimilarity(nn.Module):
    def __init__(self, spec: MultiSimilarityLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        spec = self.spec
        points, classes = labelled(embeddings, labels, on_sphere=True)
        candidates = Candidates(points, classes, labels, power=2)
        size, similar = len(points), similarities(points, points)
        if size == 0:
            return LossValue(similar.sum(), similar.detach().new_zeros(()))
        positive, negative = (counts.bool() for counts in spec.miner.pairs(candidates))
        hard_positive, hard_negative = _mine(similar.detach(), positive, negative, spec.epsilon)
        pushed = similar - spec.base
        if spec.direction_weight:
            squared = candidates.compared
            hardest = torch.where(positive, similar.detach(), torch.inf).argmin(1)
            ap = squared.gather(1, hardest[:, None])
            pushed = pushed - spec.direction_weight * cosine_at_anchor(ap, squared, squared[hardest])
        pull = _log_sum(-spec.alpha * (similar - spec.base), hard_positive) / spec.alpha
        push = _log_sum(spec.beta * pushed, hard_negative) / spec.beta
        active = hard_positive.sum() + hard_negative.sum()
        return LossValue((pull + push) / size, active / max(size * (size - 1), 1))


def _mine(similar: Tensor, positive: Tensor, negative: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
    """Return the masks of the pairs that count; a similarity that is not finite does, so that it shows."""
    least = torch.where(positive, similar, torch.inf).amin(1, keepdim=True)
    most = torch.where(negative, similar, -torch.inf).amax(1, keepdim=True)
    easy_positive, easy_negative = similar >= most + epsilon, similar <= least - epsilon
    return positive.logical_and(~easy_positive), negative.logical_and(~easy_negative)


def _log_sum(exponents: Tensor, mask: Tensor) -> Tensor:
    """Return the sum over the rows of log(1 + Σ exp(exponents)), each Σ over the row's part of the mask."""
    fixed = torch.where(mask, exponents.detach(), -torch.inf)
    most = fixed.amax(1, keepdim=True).clamp_(min=0)
    terms = fixed.sub_(most).exp_()
    sums = terms.sum(1, keepdim=True) + (-most).exp()
    return with_gradient((most + sums.log()).sum(), exponents, terms.div_(sums))
