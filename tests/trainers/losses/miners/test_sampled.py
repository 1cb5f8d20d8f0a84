"""Triplets by position against torch's own loss, and against a loop."""

from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import normalize

from tests.trainers.losses.comparison import assert_same, random_rows
from trainers.losses import TripletLoss
from trainers.losses.miners import SampledMiner

AS_DRAWN = torch.tensor([0, 1, 2, 0, 0, 1, 2, 0, 1, 2, 3, 1])  # four anchors, four positives, four negatives


def sampled(**options: Any) -> nn.Module:
    return TripletLoss(miner=SampledMiner(), **options).build(class_count=4, lsdim=4).double()


@pytest.mark.parametrize("on_sphere", [True, False])
def test_equals_torch(on_sphere: bool) -> None:
    theirs = nn.TripletMarginLoss(margin=0.7, p=2, eps=0)

    def expected(rows: Tensor) -> Tensor:
        return theirs(*(normalize(rows) if on_sphere else rows).chunk(3))

    ours = sampled(margin=0.7, normalize=on_sphere)
    assert_same(lambda rows: ours(rows, AS_DRAWN), expected, random_rows(12))


def slow(spec: TripletLoss, rows: Tensor, labels: Tensor) -> tuple[Tensor, float]:
    """Return loss and active ratio, one position at a time."""
    third, costs = len(rows) // 3, []
    for a in range(third):
        p, n = third + a, 2 * third + a
        if labels[a] < 0 or labels[n] < 0 or labels[a] != labels[p] or labels[a] == labels[n]:
            continue
        gap = (rows[a] - rows[p]).norm() ** spec.power - (rows[a] - rows[n]).norm() ** spec.power
        costs.append((1 + gap.exp()).log() if spec.soft else (gap + spec.margin).clamp(min=0))
    active = sum(float(cost.detach()) > 0 for cost in costs)
    count = active if spec.reduction == "mean_active" else len(costs)
    total = torch.stack(costs).sum() if costs else rows.sum() * 0
    return total / max(count, 1), active / max(len(costs), 1)


VARIANTS = [
    {"power": power, "reduction": reduction, **kind}
    for power, reduction, kind in product((1, 2), ("mean", "mean_active"), ({"soft": True}, {"margin": 0.6}))
]


@settings(max_examples=60, deadline=None)
@given(
    labels=st.integers(0, 4).flatmap(lambda t: st.lists(st.integers(-1, 2), min_size=3 * t, max_size=3 * t)),
    seed=st.integers(0, 1000),
    variant=st.sampled_from(VARIANTS),
)
def test_equals_the_loop(labels: list[int], seed: int, variant: dict[str, Any]) -> None:
    spec = TripletLoss(miner=SampledMiner(), normalize=False, **variant)
    module, classes = spec.build(class_count=3, lsdim=4), torch.tensor(labels, dtype=torch.int64)
    rows = random_rows(len(labels), seed)
    assert_same(lambda leaf: module(leaf, classes), lambda leaf: slow(spec, leaf, classes)[0], rows)
    assert module(rows, classes).active_ratio.item() == pytest.approx(slow(spec, rows, classes)[1])


def test_what_cannot_be_parted_in_three_is_refused() -> None:
    with pytest.raises(ValueError, match="10 images cannot be parted in three; draw them with batch"):
        sampled()(random_rows(10), torch.zeros(10, dtype=torch.int64))


def test_an_anchor_that_is_its_own_positive_has_a_finite_gradient() -> None:
    rows = random_rows(12)
    rows[4:8] = rows[:4]
    value = sampled(margin=3.0)(rows.requires_grad_(), AS_DRAWN)
    value.loss.backward()
    assert rows.grad is not None
    assert rows.grad.isfinite().all()
    assert rows.grad[:4].abs().sum() > 0
