"""Triplet loss: all triplets of a batch or mined ones, hinge or softplus, with direction regularisation."""

from collections.abc import Iterator
from math import log
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer
from torch import Tensor, nn

from trainers.losses.contract.direction import MarginDirectionRegularised
from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.mined import MinedLoss
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.batch import labelled
from trainers.losses.functional.batch_all import batch_all
from trainers.losses.functional.direction import direction_regularised
from trainers.losses.functional.distances import pairwise_distances
from trainers.losses.functional.soft_triplets import soft_batch_all, softplus
from trainers.losses.miners import AllMiner, SemihardMiner
from trainers.losses.miners.candidates import Candidates
from trainers.specs import Mistake


class TripletLoss(MinedLoss, MarginDirectionRegularised):
    """L = [D_ap^power − D_an^power + margin − reg_constant · cos(z_n − z_a, z_p − z_a)]₊, over triplets.

    The cosine rewards moving the positive across, not along, the way to the negative. Where all three
    distances are equal it is ½, so with reg_constant ≥ 2 margin a batch of equidistant points costs nothing;
    with small steps a training may stay there from 1.75 margin on. Search reg_ratio in [0.5, 1.8].

    The loss is that of Weinberger and Saul, JMLR 2009, and Schroff et al., CVPR 2015; the regularisation that
    of Mohan et al., CVPR 2020; the softplus is that of Hermans et al., 2017.

    Attributes:
        margin: by how much a negative has to be farther than a positive; without a meaning if soft.
        reg_constant: weight of the direction regularisation; no regularisation if neither this nor reg_ratio
            is given. Only over all triplets, and with the hinge.
        reg_ratio: the same weight, as a multiple of the margin.
        miner: which triplets count. With ``semihard`` of the loss's own margin, and with ``all``, the active
            ratio is that of all triplets, else that of the chosen ones.
        normalize: whether embeddings are put on the unit sphere first.
        power: 1 compares distances, 2 squared distances.
        soft: log(1 + exp(D_ap^power − D_an^power)) in place of the hinge; it is never 0, so all is active.
        reduction: ``mean`` over the triplets, or ``mean_active`` over those with a loss greater than 0.
    """

    name: Literal["triplet"] = "triplet"
    margin: float = Field(default=0.2, gt=0)
    normalize: bool = True
    power: Literal[1, 2] = 1
    soft: bool = False
    reduction: Literal["mean", "mean_active"] = "mean"

    def _mistakes_together(self) -> Iterator[Mistake]:
        yield from super()._mistakes_together()
        if self.soft and "margin" in self.model_fields_set:
            yield "margin", "is given, and soft: true has none; remove one"
        if self.direction_weight and (self.soft or not isinstance(self.miner, AllMiner)):
            yield (
                "reg_ratio" if self.reg_constant is None else "reg_constant",
                "reg_ratio and reg_constant regularise the hinge over all triplets; "
                "keep miner: {name: all} and soft: false, or remove them",
            )

    @model_serializer(mode="wrap")
    def _without_idle_margin(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What is written can be read again: a margin beside `soft: true` would be refused.
        return {key: value for key, value in handler(self).items() if key != "margin" or not self.soft}

    @property
    def miners_margin(self) -> float | None:
        """The margin of the hinge."""
        return None if self.soft else self.margin

    @property
    def geometry(self) -> Geometry:
        """The space of the distances that are compared, and the hinge's margin."""
        if self.soft:
            return Geometry(self.normalize, self.power, collapsed_loss=log(2))
        return Geometry(self.normalize, self.power, self.margin, self.direction_weight, self.margin)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:  # noqa: ARG002  (losses with proxies need them)
        """Return the loss as a module: embeddings (B, D) and labels (B,) in, a LossValue out."""
        match self.miner:
            case AllMiner() | SemihardMiner(margin=None):
                return _CountedTriplets(self)
            case _:
                return _MinedTriplets(self)


class _CountedTriplets(nn.Module):
    """All triplets, or all semi-hard ones of the loss's own margin, without a list of them."""

    def __init__(self, spec: TripletLoss) -> None:
        super().__init__()
        self.spec = spec
        self.semihard = isinstance(spec.miner, SemihardMiner)

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, classes = labelled(embeddings, labels, on_sphere=self.spec.normalize)
        candidates = Candidates(points, classes, labels, self.spec.power)
        triplets = candidates.triplet_count
        total, active = self._summed(candidates, triplets)
        over_active = self.spec.reduction == "mean_active" or self.semihard
        count = active if over_active else triplets
        return LossValue(total / count.clamp(min=1), active / triplets.clamp(min=1))

    def _summed(self, candidates: Candidates, triplets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum over the triplets, and how many of them are active."""
        spec, labels = self.spec, candidates.labels
        if spec.direction_weight:
            distances = pairwise_distances(candidates.points)
            return direction_regularised(distances, labels, spec.margin, spec.direction_weight, spec.power)
        if spec.soft:
            return soft_batch_all(candidates.compared, labels), triplets
        masks = candidates.positive, candidates.negative
        return batch_all(candidates.compared, *masks, spec.margin, semihard=self.semihard)


class _MinedTriplets(nn.Module):
    def __init__(self, spec: TripletLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        spec = self.spec
        points, classes = labelled(embeddings, labels, on_sphere=spec.normalize)
        candidates = Candidates(points, classes, labels, spec.power)
        chosen, values = spec.miner.triplets(candidates), candidates.compared
        near, far = values[chosen.anchors, chosen.positives], values[chosen.anchors, chosen.negatives]
        costs = softplus(near - far) if spec.soft else (near - far + spec.margin).clamp(min=0)
        active, count = (costs > 0).sum(), max(len(costs), 1)
        over_active = spec.reduction == "mean_active"
        return LossValue(costs.sum() / (active.clamp(min=1) if over_active else count), active / count)
