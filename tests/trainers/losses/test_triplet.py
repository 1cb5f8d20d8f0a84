"""The triplet loss against a loop over explicit triplets, and against another library."""

from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from trainers.losses.functional.batch_all import batch_all
from trainers.losses.functional.direction import direction_regularised
from trainers.losses.functional.distances import pairwise_distances
from trainers.losses.triplet import TripletLoss

VARIANTS = [
    {"normalize": normalize, "power": power, "reduction": reduction, "reg_ratio": ratio}
    for normalize, power, reduction, ratio in product(
        (True, False), (1, 2), ("mean", "mean_active"), (None, 0.5, 1.0, 2.0)
    )
]


def slow(spec: TripletLoss, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, float]:
    """Return loss and active ratio from difference vectors, one triplet at a time."""
    rows = list(embeddings)
    if spec.normalize:
        rows = [row / row.norm().clamp(min=1e-12) for row in rows]
    known = [index for index, label in enumerate(labels.tolist()) if label >= 0]
    hinges = []
    for a, p, n in product(known, repeat=3):
        if a == p or labels[a] != labels[p] or labels[a] == labels[n]:
            continue
        to_p, to_n = rows[p] - rows[a], rows[n] - rows[a]
        d_ap, d_an = to_p.norm(), to_n.norm()
        cosine = to_n @ to_p / (d_an * d_ap) if d_an * d_ap >= 1e-6 else 0.0
        hinges.append(
            (d_ap**spec.power - d_an**spec.power + spec.margin - spec.direction_weight * cosine).clamp(min=0)
        )
    total = torch.stack(hinges).sum() if hinges else embeddings.sum() * 0
    active = sum(float(hinge.detach()) > 0 for hinge in hinges)
    count = active if spec.reduction == "mean_active" else len(hinges)
    return total / max(count, 1), active / max(len(hinges), 1)


def assert_equals_slow(spec: TripletLoss, rows: Tensor, labels: Tensor) -> None:
    fast, by_hand = rows.clone().requires_grad_(), rows.clone().requires_grad_()
    value = spec.build(class_count=5, lsdim=rows.shape[1])(fast, labels)
    expected, active_ratio = slow(spec, by_hand, labels)
    value.loss.backward()
    expected.backward()
    torch.testing.assert_close(value.loss, expected, rtol=1e-8, atol=1e-8)
    torch.testing.assert_close(fast.grad, by_hand.grad, rtol=1e-8, atol=1e-8)
    assert float(value.active_ratio) == pytest.approx(active_ratio)


def random_rows(count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: "-".join(map(str, variant.values())))
def test_equals_the_loop(variant: dict[str, Any]) -> None:
    labels = torch.tensor([0, 0, 0, 1, 1, 2, 3, -1, 3, 0])  # class 2 is a singleton, one image has no label
    assert_equals_slow(TripletLoss(margin=0.4, **variant), random_rows(10), labels)


@pytest.mark.parametrize("ratio", [0.0, 1.0])
def test_equals_the_loop_with_duplicate_rows(ratio: float) -> None:
    rows = random_rows(8)
    rows[3], rows[5] = rows[0], rows[0]  # a positive and a negative that are the anchor itself
    assert_equals_slow(TripletLoss(reg_ratio=ratio), rows, torch.tensor([0, 0, 1, 0, 1, 1, 2, 2]))


@settings(max_examples=60, deadline=None)
@given(
    labels=st.lists(st.integers(-1, 3), max_size=9),
    seed=st.integers(0, 10_000),
    margin=st.sampled_from([0.05, 0.5, 3.0]),
    variant=st.sampled_from(VARIANTS),
)
def test_equals_the_loop_on_any_labels(
    labels: list[int], seed: int, margin: float, variant: dict[str, Any]
) -> None:
    spec = TripletLoss(margin=margin, **variant)
    assert_equals_slow(spec, random_rows(len(labels), seed), torch.tensor(labels, dtype=torch.int64))


@pytest.mark.parametrize("block", [1, 200, 10**9])
def test_classes_may_come_one_or_all_at_a_time(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.losses.functional.class_blocks.BLOCK", block)
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 3, 3, 3, 4])
    assert_equals_slow(TripletLoss(reg_ratio=1.0), random_rows(10), labels)


@pytest.mark.parametrize("power", [1, 2])
def test_without_weight_both_algorithms_agree(power: int) -> None:
    labels = torch.arange(40) % 7
    distances = pairwise_distances(random_rows(40))
    positive = (labels[:, None] == labels) & ~torch.eye(40, dtype=torch.bool)
    negative = labels[:, None] != labels
    counted = batch_all(distances**power, positive, negative, 0.3)
    blocked = direction_regularised(distances, labels, 0.3, 0.0, power)
    torch.testing.assert_close(counted, blocked)


def test_a_weight_of_zero_is_the_plain_triplet_loss() -> None:
    assert (
        TripletLoss(reg_constant=0).direction_weight
        == TripletLoss(reg_ratio=0).direction_weight
        == TripletLoss().direction_weight
        == 0
    )
    assert TripletLoss(reg_ratio=1.5, margin=0.2).direction_weight == pytest.approx(0.3)
    assert TripletLoss(reg_constant=0.4).direction_weight == 0.4


def test_regularisation_rewards_a_positive_on_the_negatives_side() -> None:
    # Seen from the anchor in the origin, one positive lies towards the negative, the other away from it.
    towards = torch.tensor([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]], dtype=torch.float64)
    away = torch.tensor([[0.0, 0.0], [-0.5, 0.0], [1.0, 0.0]], dtype=torch.float64)
    labels = torch.tensor([0, 0, 1])

    def change(rows: Tensor) -> float:
        regularised = TripletLoss(margin=1, normalize=False, reg_constant=0.3).build(class_count=2, lsdim=2)
        plain = TripletLoss(margin=1, normalize=False).build(class_count=2, lsdim=2)
        return float(regularised(rows, labels).loss - plain(rows, labels).loss)

    # Towards, the two anchors see the cosines 1 and −1; away, −1 and, in a hinge of 0, 1.
    assert change(towards) == pytest.approx(0.0)
    assert change(away) == pytest.approx(0.15)


def test_equidistant_points_cost_nothing_from_twice_the_margin_on() -> None:
    simplex = torch.eye(6, dtype=torch.float64)
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    below = TripletLoss(margin=0.2, reg_ratio=1.9).build(class_count=3, lsdim=6)(simplex, labels)
    at = TripletLoss(margin=0.2, reg_ratio=2.0001).build(class_count=3, lsdim=6)(simplex, labels)
    assert float(below.loss) == pytest.approx(0.01)
    assert float(at.loss) == 0


@pytest.mark.parametrize("reduction", ["mean", "mean_active"])
@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("normalize", [True, False])
def test_equals_pytorch_metric_learning(reduction: Any, power: Any, normalize: bool) -> None:
    from pytorch_metric_learning import distances, losses, reducers

    peer = losses.TripletMarginLoss(
        margin=0.3,
        distance=distances.LpDistance(normalize_embeddings=normalize, p=2, power=power),
        reducer=reducers.MeanReducer() if reduction == "mean" else reducers.AvgNonZeroReducer(),
    )
    labels = torch.cat([torch.arange(25) % 5, torch.tensor([9])])
    ours, theirs = random_rows(26).requires_grad_(), random_rows(26).requires_grad_()
    spec = TripletLoss(margin=0.3, power=power, normalize=normalize, reduction=reduction)
    value = spec.build(class_count=6, lsdim=3)(ours, labels).loss
    expected = peer(theirs, labels)
    value.backward()
    expected.backward()
    torch.testing.assert_close(value, expected, rtol=1e-8, atol=1e-8)
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("margin", [0.1, 1.0])
def test_counting_is_consistent_where_many_triplets_lie_on_the_border(margin: float) -> None:
    # A hinge of exactly 0 is not active; in binary 0.1 + 0.2 > 0.3, and both counts have to agree on that.
    chance = torch.Generator().manual_seed(0)
    values = torch.randint(0, 5, (12, 12), generator=chance).double() * margin
    same = (torch.arange(12) % 3)[:, None] == torch.arange(12) % 3
    positive = same & ~torch.eye(12, dtype=torch.bool)
    total, active = batch_all(values, positive, ~same, margin)
    reach = values[:, :, None] + margin
    counted = positive[:, :, None] & ~same[:, None, :] & (values[:, None, :] < reach)
    torch.testing.assert_close(total, ((reach - values[:, None, :]) * counted).sum())
    assert active == counted.sum()
