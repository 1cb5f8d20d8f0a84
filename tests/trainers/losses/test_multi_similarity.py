"""The multi-similarity loss against a loop over anchors, and against another library."""

import math

import pytest
import torch
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, cosine, known, random_rows, unit
from tests.trainers.losses.miners.oracles import pairs_of
from trainers.losses import MultiSimilarityLoss


def slow(spec: MultiSimilarityLoss, embeddings: Tensor, labels: Tensor) -> Tensor:
    rows, indices = unit(embeddings), known(labels)
    near, far = pairs_of(spec.miner, rows, labels, power=2)
    total = embeddings.sum() * 0
    for a in indices:
        similar = {i: rows[a] @ rows[i] for i in indices}
        positives = [i for i in similar if near[a, i]]
        negatives = [i for i in similar if far[a, i]]
        if not positives or not negatives:
            continue
        hardest = min(positives, key=lambda i: float(similar[i].detach()))
        nearest = max(float(similar[n].detach()) for n in negatives)
        pull = [similar[p] for p in positives if similar[p] - spec.epsilon < nearest]
        push = [
            similar[n]
            - (spec.direction_weight and spec.direction_weight * cosine(rows[a], rows[n], rows[hardest]))
            for n in negatives
            if similar[n] + spec.epsilon > similar[hardest]
        ]
        if pull and push:
            pulls = sum((-spec.alpha * (s - spec.base)).exp() for s in pull)
            pushes = sum((spec.beta * (s - spec.base)).exp() for s in push)
            total = total + (1 + pulls).log() / spec.alpha + (1 + pushes).log() / spec.beta
    return total / max(len(indices), 1)


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 2.0])
@pytest.mark.parametrize("gamma", [0.0, 0.3])
@pytest.mark.parametrize("labels", [LABELS, torch.zeros(10, dtype=torch.int64), torch.arange(10)])
def test_equals_the_loop(epsilon: float, gamma: float, labels: Tensor) -> None:
    spec = MultiSimilarityLoss(beta=20, epsilon=epsilon, reg_constant=gamma)
    fast = spec.build(class_count=10, lsdim=4)
    assert_same(lambda rows: fast(rows, labels), lambda rows: slow(spec, rows, labels), random_rows(10))


@pytest.mark.parametrize("epsilon", [0.05, 0.5])
def test_equals_pytorch_metric_learning(epsilon: float) -> None:
    from pytorch_metric_learning import losses, miners

    peer = losses.MultiSimilarityLoss(alpha=3, beta=20, base=0.4)
    miner = miners.MultiSimilarityMiner(epsilon=epsilon)
    labels = torch.cat([torch.arange(20) % 5, torch.tensor([9])])
    ours = MultiSimilarityLoss(alpha=3, beta=20, base=0.4, epsilon=epsilon).build(class_count=10, lsdim=4)
    assert_same(
        lambda rows: ours(rows, labels),
        lambda rows: peer(rows, labels, miner(rows.detach(), labels)),
        random_rows(21),
    )


def test_the_active_ratio_is_the_share_that_mining_keeps() -> None:
    angles = torch.tensor([0.0, 0.1, 1.5, 1.6], dtype=torch.float64)
    rows, labels = torch.stack([angles.cos(), angles.sin()], 1), torch.tensor([0, 0, 1, 1])
    for epsilon, expected in ((0.1, 0.0), (2.0, 1.0)):
        module = MultiSimilarityLoss(epsilon=epsilon).build(class_count=2, lsdim=2)
        assert module(rows, labels).active_ratio.item() == expected


@pytest.mark.parametrize("epsilon", [0.1, 2.0])
@pytest.mark.parametrize("gamma", [0.0, 0.3])
def test_a_row_of_zeros_is_similar_to_nothing(epsilon: float, gamma: float) -> None:
    spec = MultiSimilarityLoss(beta=20, epsilon=epsilon, reg_constant=gamma)
    fast, rows = spec.build(class_count=10, lsdim=4), random_rows(10)
    rows[4] = 0
    assert fast(rows, LABELS).loss.item() == pytest.approx(slow(spec, rows, LABELS).item(), rel=1e-9)


def test_a_row_of_zeros_pushes_as_a_similarity_of_zero_does() -> None:
    module = MultiSimilarityLoss(alpha=2, beta=2, base=0.5, epsilon=2).build(class_count=2, lsdim=2)
    rows = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]], dtype=torch.float64)
    # Two anchors, each with a positive of similarity 1 and a negative of 0; the third has no positive.
    expected = 2 * math.log(1 + math.exp(-1)) / 2 * 2 / 3
    assert module(rows, torch.tensor([0, 0, 1])).loss.item() == pytest.approx(expected)


def test_large_exponents_do_not_overflow() -> None:
    module = MultiSimilarityLoss(alpha=1000, beta=1000, epsilon=2).build(class_count=4, lsdim=4)
    assert module(random_rows(10).float(), LABELS).loss.isfinite()
