"""Softmax with centre loss against a loop over images, over several steps."""

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, known, random_rows, unit
from trainers.losses import CenterLoss


def slow(spec: CenterLoss, module: Any, centers: Tensor, embeddings: Tensor, labels: Tensor) -> Tensor:
    rows = unit(embeddings) if spec.normalize else list(embeddings)
    costs = []
    for i in known(labels):
        scores = module.classifier.weight @ rows[i] + module.classifier.bias
        softmax = -(scores[labels[i]].exp() / scores.exp().sum()).log()
        spread = (rows[i] - centers[labels[i]]).square().sum() / 2
        costs.append(softmax + spec.center_weight * spread)
    return torch.stack(costs).mean()


def moved(spec: CenterLoss, centers: Tensor, embeddings: Tensor, labels: Tensor) -> Tensor:
    rows = unit(embeddings) if spec.normalize else list(embeddings)
    after = centers.clone()
    for j in range(len(centers)):
        mine = [i for i in known(labels) if labels[i] == j]
        step = sum((centers[j] - rows[i] for i in mine), torch.zeros_like(centers[j])) / (1 + len(mine))
        after[j] = centers[j] - spec.center_lr * step
    return after


@pytest.mark.parametrize("normalize", [True, False])
def test_equals_the_loop_step_by_step(normalize: bool) -> None:
    spec = CenterLoss(normalize=normalize, center_weight=0.3, center_lr=0.4)
    module = spec.build(class_count=5, lsdim=4).double()
    assert torch.equal(module.centers, torch.zeros(5, 4, dtype=torch.float64))
    for step in range(3):
        rows, before = random_rows(10, seed=step), module.centers.clone()
        assert_same(
            lambda rows: module(rows, LABELS),
            lambda rows, before=before: slow(spec, module, before, rows, LABELS),
            rows,
            *module.parameters(),
        )
        torch.testing.assert_close(module.centers, moved(spec, before, rows.detach(), LABELS))


def test_centres_arrive_at_the_middle_of_their_class() -> None:
    module = CenterLoss().build(class_count=5, lsdim=4).double()
    rows = random_rows(10)
    for _ in range(200):
        module(rows, LABELS)
    torch.testing.assert_close(module.centers[0], rows[LABELS == 0].mean(0))
    assert module.centers[4].abs().sum() == 0  # no image has shown where this class is


def test_evaluation_moves_no_centre() -> None:
    module = CenterLoss().build(class_count=5, lsdim=4).double().eval()
    module(random_rows(10), LABELS)
    assert module.centers.abs().sum() == 0


def test_centres_are_state_and_no_parameters() -> None:
    module = CenterLoss().build(class_count=5, lsdim=4)
    assert set(module.state_dict()) == {"centers", "classifier.weight", "classifier.bias"}
    assert {name for name, _ in module.named_parameters()} == {"classifier.weight", "classifier.bias"}
