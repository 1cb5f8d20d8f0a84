"""The space of a sample against slow loops, and at its ends: collapsed, duplicated, alone in a class."""

from itertools import combinations
from math import exp, isfinite, log
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from trainers.diagnostics.distances import fixed_distances
from trainers.diagnostics.sample import Sample, choose_triplets
from trainers.diagnostics.space import describe
from trainers.errors import TrainingStopped
from trainers.losses import ContrastiveLoss, ProxyNCALoss, TripletLoss
from trainers.losses.contract.geometry import Geometry
from trainers.losses.functional.distances import pairwise_distances

SPACES = [
    Geometry(on_sphere=on_sphere, power=power, margin=0.3) for on_sphere in (True, False) for power in (1, 2)
]


def sample_of(labels: Tensor) -> Sample:
    return Sample(torch.arange(len(labels)), labels, choose_triplets(labels, seed=0))


def all_triplets(labels: Tensor) -> list[tuple[int, int, int]]:
    images = range(len(labels))
    return [
        (a, p, n)
        for a in images
        for p in images
        for n in images
        if a != p and labels[a] == labels[p] and labels[a] != labels[n]
    ]


def mean(values: Any) -> float:
    found = [float(value) for value in values]
    return sum(found) / len(found)


def slow(embeddings: Tensor, labels: Tensor, space: Geometry) -> dict[str, float]:
    rows = [row / max(float(row.norm()), 1e-12) if space.on_sphere else row for row in embeddings]

    def distance(one: Tensor, other: Tensor) -> float:
        return float((one - other).norm()) ** space.power

    classes = [[i for i in range(len(rows)) if labels[i] == c] for c in range(int(labels.max()) + 1)]
    centres = [sum((rows[i] for i in own), torch.zeros_like(rows[0])) / len(own) for own in classes]
    triplets = all_triplets(labels)
    anchors = {a for a, _, _ in triplets}
    gaps = [
        min(distance(rows[a], rows[n]) for n in range(len(rows)) if labels[n] != labels[a])
        - max(distance(rows[a], rows[p]) for p in range(len(rows)) if labels[p] == labels[a] and p != a)
        for a in anchors
    ]

    within = mean(
        mean((rows[i] - centre).square().sum() for i in own)
        for own, centre in zip(classes, centres, strict=True)
    )
    middle = sum(centres, torch.zeros_like(rows[0])) / len(centres)
    between = mean((centre - middle).square().sum() for centre in centres)

    def cosine(a: int, p: int, n: int) -> float:
        one, other = rows[n] - rows[a], rows[p] - rows[a]
        product = float(one.norm() * other.norm())
        return float(one @ other) / product if product >= 1e-6 else 0.0

    return {
        "intra_class_variance": within,
        "intra_class_ratio": within / (within + between) if within + between > 1e-12 else 1.0,
        "inter_class_distance": mean(distance(one, other) for one, other in combinations(centres, 2)),
        "pairwise_class_distance": mean(
            mean(distance(rows[a], rows[n]) for a in one for n in other)
            for one, other in combinations(classes, 2)
        ),
        "mean_norm": mean(row.norm() for row in embeddings),
        "mean_margin_gap": mean(
            distance(rows[a], rows[n]) - distance(rows[a], rows[p]) for a, p, n in triplets
        )
        - space.margin,
        "worst_margin_gap": min(gaps) - space.margin,
        "direction_cosine": mean(cosine(*triplet) for triplet in triplets),
        "mean_spread": mean(mean((column - column.mean()).square()) ** 0.5 for column in embeddings.T),
    }


@pytest.mark.parametrize("space", SPACES, ids=str)
@settings(deadline=None, max_examples=30)
@given(
    labels=st.lists(st.integers(0, 3), min_size=1, max_size=6).map(lambda more: [0, 0, 1, *more]),
    dims=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_equals_the_loops(space: Geometry, labels: list[int], dims: int, seed: int) -> None:
    known = torch.unique(torch.tensor(labels), return_inverse=True)[1]
    chance = torch.Generator().manual_seed(seed)
    rows = torch.randn(len(known), dims, dtype=torch.float64, generator=chance)
    found = describe(rows, sample_of(known), space)
    expected = slow(rows, known, space)
    assert set(found) == {*expected, "effective_rank"}
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-6), name
    assert 1 <= found["effective_rank"] <= dims + 1e-9 or found["effective_rank"] == 0


def test_the_effective_rank_is_that_of_the_singular_values() -> None:
    rows = torch.randn(30, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(30) % 3
    for points in (rows, rows.T @ rows, rows[:4]):  # also with fewer points than dimensions
        known = labels[: len(points)]
        found = describe(points, sample_of(known), Geometry(on_sphere=False))
        values = torch.linalg.svdvals(points - points.mean(0))
        shares = [float(value / values.sum()) for value in values]
        expected = exp(-sum(share * log(share) for share in shares if share > 1e-12))
        assert found["effective_rank"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("rows", "rank"),
    [
        (torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1]]), 2),
        (torch.tensor([[1.0, 1], [2, 2], [3, 3], [5, 5]]), 1),
        (torch.tensor([[1.0, 1], [2, 2], [3, 3], [5, 5]]) * 1e-20, 1),
        (torch.full((4, 2), 0.1), 0),
        (torch.zeros(4, 2), 0),
        (0.1 + torch.arange(8.0).view(4, 2) * 1e-9, 0),  # below what float32 can tell
    ],
)
def test_the_effective_rank_counts_directions(rows: Tensor, rank: int) -> None:
    found = describe(rows, sample_of(torch.tensor([0, 0, 1, 1])), Geometry(on_sphere=False))
    assert found["effective_rank"] == pytest.approx(rank, abs=1e-5)


@pytest.mark.parametrize("space", SPACES, ids=str)
@pytest.mark.parametrize(
    "rows",
    [
        torch.zeros(7, 3),
        torch.full((7, 3), 0.3),
        torch.eye(3)[[0, 0, 1, 1, 2, 2, 2]],
        torch.eye(3)[[0, 1, 0, 1, 0, 1, 2]] * 1e9,
        torch.eye(3)[[0, 1, 0, 1, 0, 1, 2]] * 1e-19,
    ],
    ids=["zeros", "one point", "a point a class", "duplicates, huge", "duplicates, tiny"],
)
def test_all_is_finite(space: Geometry, rows: Tensor) -> None:
    labels = torch.tensor([0, 0, 1, 1, 2, 2, 3])  # the last is alone in its class
    found = describe(rows, sample_of(labels), space)
    assert all(isfinite(value) for value in found.values()), found


def test_a_collapsed_space_lacks_the_margin_everywhere() -> None:
    labels = torch.tensor([0, 0, 1, 1])
    found = describe(torch.ones(4, 2), sample_of(labels), Geometry(on_sphere=True, margin=0.3))
    assert found["mean_margin_gap"] == found["worst_margin_gap"] == pytest.approx(-0.3)
    assert found["effective_rank"] == found["direction_cosine"] == found["mean_spread"] == 0


@settings(deadline=None, max_examples=30)
@given(scale=st.floats(1e-6, 1e6), seed=st.integers(0, 99))
def test_drawing_all_points_together_does_not_lower_the_ratio(scale: float, seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    rows, labels = torch.randn(9, 3, dtype=torch.float64, generator=chance), torch.arange(9) % 3
    space = Geometry(on_sphere=False)
    found, drawn = (describe(each, sample_of(labels), space) for each in (rows, scale * rows))
    assert drawn["intra_class_ratio"] == pytest.approx(found["intra_class_ratio"], rel=1e-9)
    assert 0 < found["intra_class_ratio"] < 1
    for one in (torch.zeros(9, 3), rows[:1].float().expand(9, 3)):
        assert describe(one, sample_of(labels), space)["intra_class_ratio"] == 1


def test_a_point_a_class_has_no_variance_within() -> None:
    found = describe(torch.eye(3)[[0, 0, 1, 1, 2]], sample_of(torch.tensor([0, 0, 1, 1, 2])), Geometry(True))
    assert found["intra_class_ratio"] == pytest.approx(0, abs=1e-12)


def test_equal_distances_have_a_cosine_of_one_half() -> None:
    found = describe(torch.eye(6), sample_of(torch.arange(6) // 2), Geometry(on_sphere=True))
    assert found["direction_cosine"] == pytest.approx(0.5)
    assert found["mean_margin_gap"] == pytest.approx(0, abs=1e-6)


@settings(deadline=None)
@given(seed=st.integers(0, 999), margin=st.floats(0.01, 1))
def test_the_gaps_bound_when_no_triplet_costs_anything(seed: int, margin: float) -> None:
    chance = torch.Generator().manual_seed(seed)
    labels = torch.tensor([0, 0, 0, 1, 1, 2, 2])
    rows = torch.eye(3)[labels] + 0.3 * torch.randn(7, 3, generator=chance)
    found = describe(rows, sample_of(labels), Geometry(on_sphere=True, margin=margin))
    loss = float(TripletLoss(margin=margin).build(class_count=3, lsdim=3)(rows, labels).loss)
    if loss == 0:
        assert found["mean_margin_gap"] > -1e-6
    if found["worst_margin_gap"] > 1e-6:
        assert loss == 0


def test_embeddings_that_are_not_finite_are_refused() -> None:
    rows = torch.ones(4, 2)
    rows[1, 0] = torch.nan
    with pytest.raises(TrainingStopped, match="diverged: 1 of 4 embeddings are not finite") as caught:
        describe(rows, sample_of(torch.tensor([0, 0, 1, 1])), Geometry(on_sphere=True))
    assert caught.value.verdict == "diverged"


def test_a_losss_own_space() -> None:
    directed = TripletLoss(margin=0.4, power=2, reg_ratio=0.5)
    assert directed.geometry == Geometry(True, 2, 0.4, direction_weight=0.2, collapsed_loss=0.4)
    assert TripletLoss(soft=True, normalize=False).geometry == Geometry(False, collapsed_loss=log(2))
    contrastive = ContrastiveLoss(neg_margin=0.7, squared_hinge=True)
    assert contrastive.geometry == Geometry(True, 1, 0.7, collapsed_loss=0.7**2)
    assert ProxyNCALoss(reg_constant=0.3).geometry == Geometry(on_sphere=True)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_fixed_distances_are_those_of_the_losses(dtype: torch.dtype) -> None:
    rows = torch.randn(40, 70, dtype=dtype, generator=torch.Generator().manual_seed(0)) + 5
    rows = torch.cat([rows, rows[:7], torch.zeros(2, 70, dtype=dtype)])
    found = fixed_distances(rows)
    torch.testing.assert_close(found, pairwise_distances(rows))
    assert torch.equal(found == 0, pairwise_distances(rows) == 0)
