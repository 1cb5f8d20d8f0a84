"""What is said of configs that can be trained, but hardly as they are meant."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
import torch

from trainers.config import TrainConfig
from trainers.doubts import doubts
from trainers.losses.functional.feasible_margin import feasible_margin

FAR, SPHERE = "cannot be met:", "on the unit sphere in"
TRIPLET = {"name": "triplet"}
CLASSES = {"name": "digits", "split_by": "classes"}  # six are trained


def said(**train: Any) -> list[str]:
    config = TrainConfig.model_validate({"dataset": {"name": "digits"}, "loss": TRIPLET, **train})
    return [f"{path}: {why}" for path, why in doubts(config)]


@pytest.mark.parametrize(
    ("train", "lines"),
    [
        ({}, []),
        (
            {"batch": {"classes": 60}},
            ["batch.classes: 60 are more than the 10 that are trained: it has all"],
        ),
        ({"dataset": CLASSES, "batch": {"classes": 6}}, []),
        ({"dataset": {"name": "image_folder", "root": "x"}, "batch": {"classes": 60}}, []),
        (
            {"loss": {**TRIPLET, "margin": 0.7}, "lsdim": 2},
            [f"loss.margin: 0.7 {FAR} 10 classes {SPHERE} 2 dimensions are at most 0.618 apart"],
        ),
        ({"loss": {**TRIPLET, "margin": 0.7}, "lsdim": 2, "dataset": CLASSES, "batch": {"classes": 5}}, []),
        ({"loss": {**TRIPLET, "margin": 0.7, "normalize": False}, "lsdim": 2}, []),
        ({"loss": {**TRIPLET, "margin": 2.2, "power": 2}, "lsdim": 9}, []),
        (
            {"loss": {"name": "contrastive", "neg_margin": 2.3, "power": 2}, "lsdim": 9},
            [f"loss.neg_margin: 2.3 {FAR} 10 classes {SPHERE} 9 dimensions are at most 2.222 apart, squared"],
        ),
        ({"dataset": {"name": "image_folder", "root": "x"}, "loss": {**TRIPLET, "margin": 1.9}}, []),
        (
            {"dataset": {"name": "image_folder", "root": "x"}, "loss": {**TRIPLET, "margin": 2.1}},
            [f"loss.margin: 2.1 {FAR} 2 classes {SPHERE} 64 dimensions are at most 2 apart"],
        ),
    ],
)
def test_what_is_hardly_meant_is_said(train: dict[str, Any], lines: list[str]) -> None:
    assert said(**train) == lines


def nearest_two(points: torch.Tensor) -> float:
    return float(torch.pdist(points / points.norm(dim=1, keepdim=True)).min())


@pytest.mark.parametrize("dims", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("classes", [2, 3, 5, 9, 12])
def test_no_points_are_farther_apart(classes: int, dims: int) -> None:
    drawn = torch.randn(200, classes, dims, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert max(map(nearest_two, drawn)) <= feasible_margin(classes, dims) + 1e-9


def test_the_documented_margins_are_met() -> None:
    angles = torch.arange(10) * torch.pi / 5
    assert nearest_two(torch.stack([angles.cos(), angles.sin()], 1)) == pytest.approx(feasible_margin(10, 2))
    simplex = torch.eye(10) - 0.1
    assert nearest_two(simplex) == pytest.approx(feasible_margin(10, 9)) == pytest.approx(1.491, abs=1e-3)
    cross = torch.cat([torch.eye(5), -torch.eye(5)])
    assert nearest_two(cross) == pytest.approx(feasible_margin(10, 5)) == pytest.approx(sqrt(2))


@pytest.mark.parametrize(("percent", "fits"), [(0.0001, False), (0.19, False), (0.2, True)])
def test_no_label_at_all_is_refused(percent: float, fits: bool) -> None:
    if fits:
        assert said(label_percent=percent) == []
    else:
        with pytest.raises(ValueError, match=f"{percent} percent of all 1797 images is"):
            said(label_percent=percent)
