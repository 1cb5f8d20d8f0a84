"""The theory of margins, on trainings and on points: zero loss, the gaps, and what a circle can hold.

All triplets of the sample count here, so that loss and gaps speak of the same ones.
"""

from math import pi, sin
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import normalize

from trainers.config import TrainConfig
from trainers.diagnostics.sample import Sample, choose_triplets
from trainers.diagnostics.space import describe
from trainers.losses import TripletLoss
from trainers.training.trainer import Trainer

CLASSES = 10
FEASIBLE = 2 * sin(pi / CLASSES)  # the nearest two of ten points that are evenly spread over a circle
LABELS = torch.arange(CLASSES).repeat_interleave(2)
ROUNDING = 1e-5


def config(margin: float, normalized: bool, **changes: Any) -> TrainConfig:
    clusters = {"n_classes": 6, "mode_spread": 0.5, "overlap_prob": 0, "outlier_frac": 0}
    training = {
        "dataset": {"name": "synthetic", "samples_per_class": 40, **clusters},
        "backbone": {"name": "mlp", "hidden": [32]},
        "lsdim": 8,
        "batch": {"classes": 6, "per_class": 8, "steps_per_epoch": 3},
        "loss": {"name": "triplet", "margin": margin, "normalize": normalized},
        "optimizer": {"name": "adam", "lr": 1e-3},
        "epochs": 10,
        "device": "cpu",
    }
    return TrainConfig.model_validate(training | changes)


def judged(points: Tensor, labels: Tensor, loss: TripletLoss) -> tuple[float, float, float]:
    """Return the loss over all triplets of points, their mean gap and their worst gap."""
    sample = Sample(torch.arange(len(labels)), labels, choose_triplets(labels, seed=0))
    found = describe(points, sample, loss.geometry)
    count = int(labels.max()) + 1
    value = loss.build(class_count=count, lsdim=points.shape[1])(points, labels).loss
    return float(value), found["mean_margin_gap"], found["worst_margin_gap"]


def judgements(training: TrainConfig) -> list[tuple[float, float, float]]:
    """Return ``judged`` of a training's sample after every epoch."""
    trainer = Trainer(training)
    assert isinstance(training.loss, TripletLoss)
    sample = trainer.evaluator.sample
    images = trainer.evaluator.images[sample.positions]
    return [judged(trainer.learner.embed(images), sample.labels, training.loss) for _ in trainer.fit()]


@pytest.mark.parametrize(
    ("margin", "normalized"), [(0.4, True), (1.0, False)], ids=["on the sphere", "off the sphere"]
)
def test_a_mean_gap_of_the_margin_is_necessary_for_zero_loss_and_not_sufficient(
    margin: float, normalized: bool
) -> None:
    found = judgements(config(margin, normalized))
    for loss, mean_gap, worst_gap in found:
        assert loss >= max(0.0, -mean_gap) - ROUNDING  # a mean of hinges is at least the hinge of the mean
        if loss == 0:
            assert mean_gap >= -ROUNDING
            assert worst_gap >= -ROUNDING
        if worst_gap >= ROUNDING:
            assert loss == 0
    assert any(loss == 0 for loss, *_ in found)
    assert any(loss > 0 and mean_gap >= 0 for loss, mean_gap, _ in found), "reached, and yet not enough"


def on_a_circle(angles: Tensor) -> Tensor:
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def evenly_spread(jitter: float, seed: int) -> Tensor:
    """Return the angles of two images of each of ten classes, each class near a place of its own."""
    noise = torch.randn(len(LABELS), generator=torch.Generator().manual_seed(seed))
    return LABELS * (2 * pi / CLASSES) + jitter * noise


@pytest.mark.parametrize(("margin", "met"), [(FEASIBLE - 1e-3, True), (FEASIBLE + 1e-3, False)])
def test_ten_points_on_a_circle_meet_a_margin_of_their_distance(margin: float, met: bool) -> None:
    loss, _, worst_gap = judged(on_a_circle(evenly_spread(0, 0)), LABELS, TripletLoss(margin=margin))
    assert (loss == 0) == (worst_gap >= 0) == met
    assert worst_gap == pytest.approx(FEASIBLE - margin, abs=1e-5)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**31), jitter=st.sampled_from([0.0, 0.01, 0.1, 1.0]))
def test_no_ten_classes_on_a_circle_are_farther_apart(seed: int, jitter: float) -> None:
    points = on_a_circle(evenly_spread(jitter, seed))
    loss, _, worst_gap = judged(points, LABELS, TripletLoss(margin=FEASIBLE + 1e-3))
    assert loss > 0
    assert worst_gap < 0


@pytest.mark.parametrize(("margin", "met"), [(0.55, True), (0.7, False)])
def test_the_best_points_meet_a_margin_below_the_bound_and_none_above(margin: float, met: bool) -> None:
    loss = TripletLoss(margin=margin)
    module = loss.build(class_count=CLASSES, lsdim=2)
    points = on_a_circle(evenly_spread(0.1, seed=0)).requires_grad_()
    optimizer = torch.optim.Adam([points], lr=0.01)
    least = 1.0
    for _ in range(300):
        value = module(points, LABELS).loss
        least = min(least, value.item())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    assert (least == 0) == met
    _, mean_gap, worst_gap = judged(normalize(points.detach()), LABELS, loss)
    assert mean_gap > 0  # which says nothing of either
    assert (worst_gap >= -ROUNDING) == met


@pytest.mark.parametrize(("dims", "bound"), [(9, (20 / 9) ** 0.5), (5, 2**0.5)])
def test_more_dimensions_hold_a_larger_margin(dims: int, bound: float) -> None:
    simplex = torch.eye(CLASSES) - 1 / CLASSES
    basis = torch.linalg.svd(simplex)[0][:, : CLASSES - 1] if dims == 9 else None
    axes = torch.cat([torch.eye(5), -torch.eye(5)])
    centres = simplex @ basis if basis is not None else axes
    assert centres.shape[1] == dims
    points = normalize(centres)[LABELS]
    assert judged(points, LABELS, TripletLoss(margin=bound - 1e-3))[0] == 0
    assert judged(points, LABELS, TripletLoss(margin=bound + 1e-3))[0] > 0
