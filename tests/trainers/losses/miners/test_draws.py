"""The miners that draw: with which probability, and from which chance."""

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.trainers.losses.comparison import random_rows
from trainers.losses import TripletLoss
from trainers.losses.functional.batch import pairs
from trainers.losses.functional.distances import pairwise_distances
from trainers.losses.miners import DistanceMiner
from trainers.losses.miners.draw import draw

LABELS = torch.tensor([0, 0, 1, 1, 2, 3])


def shares(weights: Tensor, count: int) -> Tensor:
    """Return (B, B), how often each position is drawn in a row."""
    torch.manual_seed(0)
    drawn = torch.stack([draw(weights) for _ in range(count)])
    return torch.nn.functional.one_hot(drawn).double().mean((0, 2))


def test_positions_are_drawn_by_their_weight() -> None:
    weights = pairs(LABELS)[1].double() * torch.tensor([1.0, 2, 3, 4, 5, 6])
    expected = weights / weights.sum(1, keepdim=True)
    torch.testing.assert_close(shares(weights, 2000), expected, rtol=0, atol=0.02)


@pytest.mark.parametrize("dimensions", [2, 3, 8, 512])
@pytest.mark.parametrize(("nearest", "farthest"), [(0.5, 1.4), (0.3, 1.8)])
def test_a_negative_weighs_one_over_the_density_of_its_distance(
    dimensions: int, nearest: float, farthest: float
) -> None:
    negative = pairs(LABELS)[1]
    chance = torch.Generator().manual_seed(0)
    distances = torch.rand(6, 6, dtype=torch.float64, generator=chance) * 0.1 + 1.2
    distances[0, 2], distances[0, 3] = 1.9, 0.1  # too far to be drawn, and nearer than nearness counts
    distances[5] = farthest + 0.1  # nothing near enough: evenly
    clipped = distances.clamp(min=nearest)
    logarithm = (2 - dimensions) * clipped.log() + (3 - dimensions) / 2 * (1 - clipped**2 / 4).log()
    weights = (logarithm - logarithm.nan_to_num(-torch.inf).amax(1, keepdim=True)).exp()
    weights = weights * negative * (distances <= farthest)
    weights[5] = negative[5].double()
    found = DistanceMiner(nearest=nearest, farthest=farthest).weights(distances, negative, dimensions)
    torch.testing.assert_close(found, weights / weights.sum(1, keepdim=True))


@pytest.mark.parametrize("name", ["random", "distance"])
def test_drawn_triplets_follow_the_global_seed_and_average_to_what_they_estimate(name: Any) -> None:
    rows, labels = random_rows(12), torch.arange(12) % 3
    module = TripletLoss(miner={"name": name}, margin=1.0).build(class_count=3, lsdim=4)

    def losses(seed: int, count: int) -> Tensor:
        torch.manual_seed(seed)
        return torch.stack([module(rows, labels).loss for _ in range(count)])

    assert torch.equal(losses(1, 5), losses(1, 5))
    assert not torch.equal(losses(1, 5), losses(2, 5))
    points = torch.nn.functional.normalize(rows)
    distances, (positive, negative) = pairwise_distances(points), pairs(labels)
    weights = negative.double()
    if name == "distance":
        clipped = distances.clamp(min=0.5)
        weights = clipped**-2 * (1 - clipped**2 / 4).clamp(min=0.1) ** -0.5
        weights = weights * negative * (distances <= 1.4)
    hinges = (distances[:, :, None] - distances[:, None, :] + 1).clamp(min=0)
    means = (hinges * weights[:, None, :]).sum(2) / weights.sum(1, keepdim=True)
    torch.testing.assert_close(losses(3, 800).mean(), means[positive].mean(), rtol=0.02, atol=0)
