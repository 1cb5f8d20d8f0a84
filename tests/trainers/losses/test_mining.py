"""Mined and soft triplets against loops over explicit triplets, and against another library."""

from itertools import product
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, known, random_rows, unit
from trainers.losses import TripletLoss
from trainers.losses.batch import pairs
from trainers.losses.functional.distances import pairwise_distances
from trainers.losses.mining import drawn_by_distance, drawn_evenly, next_farther

KINDS = [{"mining": mining} for mining in ("semihard", "hard", "facenet")]
KINDS += [{"mining": mining, "soft": True} for mining in ("all", "hard", "facenet")]
VARIANTS = [
    {"normalize": normalize, "power": power, "reduction": reduction, **kind}
    for normalize, power, reduction, kind in product((True, False), (1, 2), ("mean", "mean_active"), KINDS)
]


def slow(spec: TripletLoss, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, float]:
    """Return loss and active ratio, one anchor at a time."""
    rows = unit(embeddings) if spec.normalize else list(embeddings)
    indices = known(labels)
    chosen, triplets = [], 0
    for a in indices:
        value = {i: (rows[a] - rows[i]).norm() ** spec.power for i in indices if i != a}
        positives = [value[i] for i in value if labels[i] == labels[a]]
        negatives = [value[i] for i in value if labels[i] != labels[a]]
        triplets += len(positives) * len(negatives)
        if not positives or not negatives:
            continue
        if spec.mining == "hard":
            chosen.append((max(positives), min(negatives)))
        elif spec.mining == "facenet":
            farther = [[n for n in negatives if n > p] for p in positives]
            chosen += [
                (p, min(far) if far else max(negatives)) for p, far in zip(positives, farther, strict=True)
            ]
        else:
            inside = spec.mining == "semihard"
            chosen += [
                (p, n) for p, n in product(positives, negatives) if not inside or 0 < n - p <= spec.margin
            ]
    costs = [
        (1 + (p - n).exp()).log() if spec.soft else (p - n + spec.margin).clamp(min=0) for p, n in chosen
    ]
    active = sum(float(cost.detach()) > 0 for cost in costs)
    count = active if spec.reduction == "mean_active" else len(costs)
    total = torch.stack(costs).sum() if costs else embeddings.sum() * 0
    return total / max(count, 1), active / max(triplets if spec.mining == "semihard" else len(costs), 1)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: "-".join(map(str, variant.values())))
@pytest.mark.parametrize("labels", [LABELS, torch.zeros(10, dtype=torch.int64)])
def test_equals_the_loop(variant: dict[str, Any], labels: Tensor) -> None:
    spec = TripletLoss(**variant) if variant.get("soft") else TripletLoss(margin=0.6, **variant)
    module = spec.build(class_count=4, lsdim=4)
    assert_same(lambda rows: module(rows, labels), lambda rows: slow(spec, rows, labels)[0], random_rows(10))
    expected = slow(spec, random_rows(10), labels)[1]
    assert module(random_rows(10), labels).active_ratio.item() == pytest.approx(expected)


@pytest.mark.parametrize("mining", ["semihard", "hard"])
@pytest.mark.parametrize("reduction", ["mean", "mean_active"])
@pytest.mark.parametrize("power", [1, 2])
def test_equals_pytorch_metric_learning(mining: Any, reduction: Any, power: Any) -> None:
    from pytorch_metric_learning import distances, losses, miners, reducers

    distance = distances.LpDistance(normalize_embeddings=True, p=2, power=power)
    peer = losses.TripletMarginLoss(
        margin=0.3,
        distance=distance,
        reducer=reducers.MeanReducer() if reduction == "mean" else reducers.AvgNonZeroReducer(),
    )
    miner = (
        miners.BatchHardMiner(distance=distance)
        if mining == "hard"
        else miners.TripletMarginMiner(margin=0.3, type_of_triplets="semihard", distance=distance)
    )
    labels = torch.cat([torch.arange(25) % 5, torch.tensor([9])])
    ours = TripletLoss(margin=0.3, power=power, mining=mining, reduction=reduction)
    module = ours.build(class_count=10, lsdim=4)
    assert_same(
        lambda rows: module(rows, labels),
        lambda rows: peer(rows, labels, miner(rows.detach(), labels)),
        random_rows(26),
    )


@pytest.mark.parametrize("reduction", ["mean", "mean_active"])
def test_soft_triplets_equal_pytorch_metric_learning_where_both_are_smooth(reduction: Any) -> None:
    from pytorch_metric_learning import losses, reducers

    peer = losses.TripletMarginLoss(margin=0, smooth_loss=True, reducer=reducers.MeanReducer())
    module = TripletLoss(soft=True, reduction=reduction).build(class_count=5, lsdim=4)
    labels = torch.arange(20) % 5
    assert_same(lambda rows: module(rows, labels), lambda rows: peer(rows, labels), random_rows(20))


def test_a_soft_triplet_is_exact_far_from_the_border() -> None:
    rows = torch.tensor([[0.0], [30.0], [1.0]], dtype=torch.float64)
    module = TripletLoss(soft=True, normalize=False, mining="hard").build(class_count=2, lsdim=1)
    expected = torch.tensor([30.0 - 1, 30.0 - 29], dtype=torch.float64).exp().log1p().mean()
    torch.testing.assert_close(module(rows, torch.tensor([0, 0, 1])).loss, expected, rtol=1e-15, atol=0)


def test_the_facenet_negative_is_the_next_farther_or_the_farthest() -> None:
    values = torch.tensor([[0.0, 0.5, 0.4, 0.5, 0.6], [0.5, 0, 0.1, 0.2, 0.3]], dtype=torch.float64)
    negative = torch.tensor([[False, False, True, True, True], [False, False, True, True, True]])
    partners = next_farther(values, negative)
    assert partners[0, 1] == 4  # one at the same distance is not farther
    assert partners[1, 0] == 4


def draw_shares(partners: list[Tensor]) -> Tensor:
    """Return (B, B), how often each position was drawn in a row."""
    return torch.nn.functional.one_hot(torch.stack(partners)).double().mean((0, 2))


def test_random_negatives_are_drawn_evenly() -> None:
    labels = torch.tensor([0, 0, 1, 1, 2, 3])
    negative = pairs(labels)[1]
    torch.manual_seed(0)
    shares = draw_shares([drawn_evenly(negative) for _ in range(2000)])
    expected = negative.double() / negative.sum(1, keepdim=True)
    torch.testing.assert_close(shares, expected, rtol=0, atol=0.02)


@pytest.mark.parametrize("dimension", [2, 3, 8, 512])
def test_distance_weighted_negatives_are_drawn_by_their_weight(dimension: int) -> None:
    labels = torch.tensor([0, 0, 1, 1, 2, 3])
    negative = pairs(labels)[1]
    chance = torch.Generator().manual_seed(0)
    distances = torch.rand(6, 6, dtype=torch.float64, generator=chance) * 0.1 + 1.2
    distances[0, 2], distances[0, 3] = 1.9, 0.1  # too far to be drawn, and nearer than nearness counts
    distances[5] = 1.5  # nothing near enough: evenly
    clipped = distances.clamp(min=0.5)
    logarithm = (2 - dimension) * clipped.log() + (3 - dimension) / 2 * (1 - clipped**2 / 4).log()
    weights = (logarithm - logarithm.amax(1, keepdim=True)).exp() * negative * (distances <= 1.4)
    weights[5] = negative[5].double()
    torch.manual_seed(0)
    shares = draw_shares([drawn_by_distance(distances, negative, dimension) for _ in range(1000)])
    torch.testing.assert_close(shares, weights / weights.sum(1, keepdim=True), rtol=0, atol=0.03)


@pytest.mark.parametrize("mining", ["random", "distance"])
def test_drawn_triplets_follow_the_global_seed_and_average_to_what_they_estimate(mining: Any) -> None:
    rows, labels = random_rows(12), torch.arange(12) % 3
    module = TripletLoss(mining=mining, margin=1.0).build(class_count=3, lsdim=4)

    def losses(seed: int, count: int) -> Tensor:
        torch.manual_seed(seed)
        return torch.stack([module(rows, labels).loss for _ in range(count)])

    assert torch.equal(losses(1, 5), losses(1, 5))
    assert not torch.equal(losses(1, 5), losses(2, 5))
    points = torch.nn.functional.normalize(rows)
    distances, (positive, negative) = pairwise_distances(points), pairs(labels)
    weights = negative.double()
    if mining == "distance":
        clipped = distances.clamp(min=0.5)
        weights = clipped**-2 * (1 - clipped**2 / 4).clamp(min=0.1) ** -0.5
        weights = weights * negative * (distances <= 1.4)
    hinges = (distances[:, :, None] - distances[:, None, :] + 1).clamp(min=0)
    means = (hinges * weights[:, None, :]).sum(2) / weights.sum(1, keepdim=True)
    torch.testing.assert_close(losses(3, 800).mean(), means[positive].mean(), rtol=0.02, atol=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"soft": True, "margin": 0.2}, r"margin\s+is given, and soft: true has none; remove one"),
        ({"soft": True, "mining": "semihard"}, r"mining\s+semihard picks triplets by the margin"),
        ({"soft": True, "reg_ratio": 1.0}, "keep mining: all and soft: false, or remove them"),
        ({"mining": "hard", "reg_constant": 0.1}, "keep mining: all and soft: false, or remove them"),
        ({"mining": "distance", "normalize": False}, "draws on the unit sphere; set normalize: true"),
    ],
)
def test_what_has_no_meaning_together_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TripletLoss(**options)


def test_a_weight_of_zero_goes_with_everything() -> None:
    assert TripletLoss(mining="hard", reg_ratio=0).gamma == 0


def test_a_soft_config_is_written_without_its_idle_margin() -> None:
    assert "margin" not in TripletLoss(soft=True).model_dump()
    assert TripletLoss().model_dump()["margin"] == 0.2
