"""Triplet loss: all triplets of a batch or mined ones, hinge or softplus, with direction regularisation."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from torch import Tensor, nn

from trainers.losses.batch import in_space, labelled, pairs
from trainers.losses.functional.batch_all import batch_all
from trainers.losses.functional.direction import direction_regularised
from trainers.losses.functional.distances import pairwise_distances
from trainers.losses.functional.soft_triplets import soft_batch_all, softplus
from trainers.losses.mining import as_drawn, drawn_by_distance, drawn_evenly, hardest, next_farther, paired
from trainers.losses.value import LossValue
from trainers.specs import MethodSpec, Mistake, refuse


class TripletLoss(MethodSpec):
    """L = [D_ap^power − D_an^power + margin − reg_constant · cos(z_n − z_a, z_p − z_a)]₊, over triplets.

    The cosine rewards moving the positive across, not along, the way to the negative. Where all three
    distances are equal it is ½, so with reg_constant ≥ 2 margin (in practice 1.75) a batch of equidistant
    points costs nothing: search reg_ratio in [0.5, 1.45].

    The loss is that of Weinberger and Saul, JMLR 2009, and Schroff et al., CVPR 2015; the regularisation that
    of Mohan et al., CVPR 2020; the softplus and batch-hard are those of Hermans et al., 2017.

    Which triplets, by ``mining``:
        ``all``: every anchor with every positive and every negative.
        ``semihard``: those with 0 < D_an^power − D_ap^power < margin; the active ratio is over all triplets.
        ``hard``: of every anchor the farthest positive and the nearest negative.
        ``facenet``: for every anchor and positive the nearest negative that is farther than the positive, or
            the farthest one if none is.
        ``random``: for every anchor and positive a negative drawn evenly.
        ``distance``: the same, drawn so that all distances are alike likely (Wu et al., ICCV 2017).
        ``sampled``: those that the batch was drawn as, by ``batch: {name: triplets}``: anchors, then their
            positives, then their negatives. What the labels say is no triplet does not count.

    Attributes:
        margin: by how much a negative has to be farther than a positive; without a meaning if soft.
        reg_constant: weight of the direction regularisation; no regularisation if neither this nor reg_ratio
            is given. Only over all triplets, and with the hinge.
        reg_ratio: the same weight, as a multiple of the margin.
        normalize: whether embeddings are put on the unit sphere first.
        power: 1 compares distances, 2 squared distances.
        mining: which triplets count, see above.
        soft: log(1 + exp(D_ap^power − D_an^power)) in place of the hinge; it is never 0, so all is active.
        reduction: ``mean`` over the triplets, or ``mean_active`` over those with a loss greater than 0.
    """

    name: Literal["triplet"] = "triplet"
    margin: float = Field(default=0.2, gt=0)
    reg_constant: float | None = Field(default=None, ge=0)
    reg_ratio: float | None = Field(default=None, ge=0)
    normalize: bool = True
    power: Literal[1, 2] = 1
    mining: Literal["all", "semihard", "hard", "facenet", "random", "distance", "sampled"] = "all"
    soft: bool = False
    reduction: Literal["mean", "mean_active"] = "mean"

    @model_validator(mode="after")
    def _one_meaning(self) -> "TripletLoss":
        refuse(self._about_keys())
        return self

    def _about_keys(self) -> Iterator[Mistake]:
        if self.reg_constant is not None and self.reg_ratio is not None:
            yield (
                "reg_constant",
                "reg_constant and reg_ratio are both given; reg_constant = reg_ratio x margin, keep one",
            )
        if self.soft and "margin" in self.model_fields_set:
            yield "margin", "is given, and soft: true has none; remove one"
        if self.soft and self.mining == "semihard":
            yield (
                "mining",
                "semihard picks triplets by the margin, which soft: true has not; "
                "allowed with it: all, hard, facenet, random, distance, sampled",
            )
        if self.gamma and (self.soft or self.mining != "all"):
            yield (
                "reg_ratio" if self.reg_constant is None else "reg_constant",
                "reg_ratio and reg_constant regularise the hinge over all triplets; "
                "keep mining: all and soft: false, or remove them",
            )
        if self.mining == "distance" and not self.normalize:
            yield "mining", "distance draws on the unit sphere; set normalize: true"

    @model_serializer(mode="wrap")
    def _without_idle_margin(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What is written can be read again: a margin beside `soft: true` would be refused.
        return {key: value for key, value in handler(self).items() if key != "margin" or not self.soft}

    @property
    def gamma(self) -> float:
        """The weight of the direction regularisation, however it was given; 0 means none."""
        if self.reg_ratio is not None:
            return self.reg_ratio * self.margin
        return self.reg_constant or 0.0

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:  # noqa: ARG002  (losses with proxies need them)
        """Return the loss as a module: embeddings (B, D) and labels (B,) in, a LossValue out."""
        return _SampledTriplets(self) if self.mining == "sampled" else _Triplet(self)


class _Triplet(nn.Module):
    def __init__(self, spec: TripletLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, labels = labelled(embeddings, labels, on_sphere=self.spec.normalize)
        positive, negative = pairs(labels)
        if self.spec.mining in ("all", "semihard"):
            triplets = (positive.sum(1) * negative.sum(1)).sum()
            total, active = self._summed(points, labels, triplets)
            over_active = self.spec.reduction == "mean_active" or self.spec.mining == "semihard"
            count = active if over_active else triplets
            return LossValue(total / count.clamp(min=1), active / triplets.clamp(min=1))
        costs = self._mined(points, positive, negative)
        active, chosen = (costs > 0).sum(), max(len(costs), 1)
        over_active = self.spec.reduction == "mean_active"
        return LossValue(costs.sum() / (active.clamp(min=1) if over_active else chosen), active / chosen)

    def _summed(self, points: Tensor, labels: Tensor, triplets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum over all triplets, or all semi-hard ones, and how many of them are active."""
        spec = self.spec
        if spec.gamma:
            return direction_regularised(
                pairwise_distances(points), labels, spec.margin, spec.gamma, spec.power
            )
        values = pairwise_distances(points, squared=spec.power == 2)
        if spec.soft:
            return soft_batch_all(values, labels), triplets
        return batch_all(values, *pairs(labels), spec.margin, semihard=spec.mining == "semihard")

    def _mined(self, points: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """Return the loss (T,) of every chosen triplet."""
        values = pairwise_distances(points, squared=self.spec.power == 2)
        match self.spec.mining:
            case "hard":
                near, far = hardest(values, positive, negative)
            case "facenet":
                near, far = paired(values, positive, negative, next_farther(values, negative))
            case "random":
                near, far = paired(values, positive, negative, drawn_evenly(negative))
            case _:
                distances = values.detach() if self.spec.power == 1 else values.detach().sqrt()
                partners = drawn_by_distance(distances, negative, points.shape[1])
                near, far = paired(values, positive, negative, partners)
        return _costs(self.spec, near, far)


class _SampledTriplets(nn.Module):
    def __init__(self, spec: TripletLoss) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points = in_space(embeddings, on_sphere=self.spec.normalize)
        near, far, counts = as_drawn(points, labels, squared=self.spec.power == 2)
        costs = _costs(self.spec, near, far) * counts  # a product, in which what is not finite shows
        active, chosen = (costs > 0).sum(), counts.sum()
        count = active if self.spec.reduction == "mean_active" else chosen
        return LossValue(costs.sum() / count.clamp(min=1), active / chosen.clamp(min=1))


def _costs(spec: TripletLoss, near: Tensor, far: Tensor) -> Tensor:
    """Return the loss (T,) of triplets with v_ap and v_an, (T,) each."""
    return softplus(near - far) if spec.soft else (near - far + spec.margin).clamp(min=0)
