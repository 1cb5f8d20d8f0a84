"""The contrastive loss against a loop over pairs, and against another library."""

from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, random_rows, unit
from tests.trainers.losses.miners.oracles import pairs_of
from trainers.losses import ContrastiveLoss

VARIANTS = [
    {"normalize": normalize, "power": power, "squared_hinge": squared, "reduction": reduction}
    for normalize, power, squared, reduction in product(
        (True, False), (1, 2), (True, False), ("mean", "mean_active")
    )
]


def slow(spec: ContrastiveLoss, embeddings: Tensor, labels: Tensor) -> Tensor:
    rows = unit(embeddings) if spec.normalize else list(embeddings)
    loss = embeddings.sum() * 0
    for alike, counts in zip((True, False), pairs_of(spec.miner, rows, labels, spec.power), strict=True):
        costs = []
        for i, j in counts.elements():
            value = (rows[i] - rows[j]).norm() ** spec.power
            hinge = (value - spec.pos_margin if alike else spec.neg_margin - value).clamp(min=0)
            costs.append(hinge**2 if spec.squared_hinge else hinge)
        active = sum(float(cost.detach()) > 0 for cost in costs)
        count = active if spec.reduction == "mean_active" else len(costs)
        loss = loss + sum(costs, torch.zeros(())) / max(count, 1)
    return loss


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: "-".join(map(str, variant.values())))
@pytest.mark.parametrize("labels", [LABELS, torch.zeros(10, dtype=torch.int64), torch.arange(10)])
def test_equals_the_loop(variant: dict[str, Any], labels: Tensor) -> None:
    spec = ContrastiveLoss(pos_margin=0.4, neg_margin=1.5, **variant)
    fast = spec.build(class_count=10, lsdim=4)
    assert_same(lambda rows: fast(rows, labels), lambda rows: slow(spec, rows, labels), random_rows(10))


@pytest.mark.parametrize("reduction", ["mean", "mean_active"])
@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("normalize", [True, False])
def test_equals_pytorch_metric_learning(reduction: Any, power: Any, normalize: bool) -> None:
    from pytorch_metric_learning import distances, losses, reducers

    peer = losses.ContrastiveLoss(
        pos_margin=0.2,
        neg_margin=1.1,
        distance=distances.LpDistance(normalize_embeddings=normalize, p=2, power=power),
        reducer=reducers.MeanReducer() if reduction == "mean" else reducers.AvgNonZeroReducer(),
    )
    labels = torch.arange(20) % 6
    ours = ContrastiveLoss(
        pos_margin=0.2, neg_margin=1.1, power=power, normalize=normalize, reduction=reduction
    ).build(class_count=6, lsdim=4)
    assert_same(lambda rows: ours(rows, labels), lambda rows: peer(rows, labels), random_rows(20))


def test_the_active_ratio_is_that_of_the_negatives() -> None:
    rows = torch.tensor([[0.0], [0.3], [1.0]], dtype=torch.float64)
    value = ContrastiveLoss(normalize=False, neg_margin=0.8).build(class_count=2, lsdim=1)(
        rows, torch.tensor([0, 0, 1])
    )
    assert value.loss.item() == pytest.approx(0.3 + (0 + 0.1) / 2)
    assert value.active_ratio.item() == 0.5
