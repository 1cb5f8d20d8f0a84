"""The supervised contrastive loss against a loop over anchors, and against another library."""

from itertools import chain

import pytest
import torch
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, known, random_rows, unit
from tests.trainers.losses.miners.oracles import pairs_of
from trainers.losses import SupervisedContrastiveLoss


def slow(spec: SupervisedContrastiveLoss, embeddings: Tensor, labels: Tensor) -> Tensor:
    rows, indices = unit(embeddings), known(labels)
    chosen = {*chain(*pairs_of(spec.miner, rows, labels))}
    costs = []
    for i in indices:
        weights = {a: (rows[i] @ rows[a] / spec.temperature).exp() for a in indices if (i, a) in chosen}
        terms = [(weights[p] / sum(weights.values())).log() for p in weights if labels[p] == labels[i]]
        if terms:
            costs.append(-torch.stack(terms).mean())
    return torch.stack(costs).mean() if costs else embeddings.sum() * 0


@pytest.mark.parametrize("temperature", [0.05, 0.5])
@pytest.mark.parametrize("labels", [LABELS, torch.zeros(10, dtype=torch.int64), torch.arange(10)])
def test_equals_the_loop(temperature: float, labels: Tensor) -> None:
    spec = SupervisedContrastiveLoss(temperature=temperature)
    fast = spec.build(class_count=10, lsdim=4)
    assert_same(lambda rows: fast(rows, labels), lambda rows: slow(spec, rows, labels), random_rows(10))


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_equals_pytorch_metric_learning(temperature: float) -> None:
    from pytorch_metric_learning import losses

    peer = losses.SupConLoss(temperature=temperature)
    labels = torch.cat([torch.arange(20) % 5, torch.tensor([9])])
    ours = SupervisedContrastiveLoss(temperature=temperature).build(class_count=10, lsdim=4)
    assert_same(lambda rows: ours(rows, labels), lambda rows: peer(rows, labels), random_rows(21))


def test_a_tiny_temperature_does_not_overflow() -> None:
    module = SupervisedContrastiveLoss(temperature=1e-4).build(class_count=4, lsdim=4)
    rows = random_rows(10).float().requires_grad_()
    loss = module(rows, LABELS).loss
    loss.backward()
    assert loss.isfinite()
    assert rows.grad is not None
    assert rows.grad.isfinite().all()
