"""Every labelled image is the anchor once an epoch, and its partners are drawn evenly."""

import math
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from trainers.data.batch_samplers import TripletSampler
from trainers.errors import ConfigError

LABELS = torch.tensor([1, 0, -1, 1, 2, 0, 4, 0, 1, -1, 4])  # class 2 is alone, two images have no label


def batches(anchors: int, labels: Tensor = LABELS, *, epoch: int = 1, seed: int = 0) -> list[Tensor]:
    return list(TripletSampler(anchors=anchors).build(labels, train_size=60, seed=seed).epoch(epoch))


def triplets(batches: list[Tensor]) -> list[tuple[int, ...]]:
    return [tuple(triplet) for batch in batches for triplet in batch.view(3, -1).T.tolist()]


def can_be_compared(labels: list[int]) -> bool:
    counts = Counter(label for label in labels if label >= 0)
    return len(counts) >= 2 and max(counts.values()) >= 2


@settings(max_examples=80, deadline=None)
@given(
    labels=st.lists(st.integers(-1, 4), min_size=3, max_size=20).filter(can_be_compared),
    anchors=st.integers(1, 12),
    seed=st.integers(0, 1000),
)
def test_every_image_with_a_positive_is_the_anchor_once(labels: list[int], anchors: int, seed: int) -> None:
    found = batches(anchors, torch.tensor(labels), seed=seed)
    expected = [i for i, label in enumerate(labels) if label >= 0 and labels.count(label) >= 2]
    assert sorted(a for a, _, _ in triplets(found)) == expected
    assert all(a != p and labels[a] == labels[p] != labels[n] >= 0 for a, p, n in triplets(found))
    assert [len(batch) for batch in found[:-1]] == [3 * anchors] * (math.ceil(len(expected) / anchors) - 1)
    assert TripletSampler(anchors=anchors).build(torch.tensor(labels), 9, seed).steps == len(found)


def test_positives_and_negatives_are_drawn_evenly() -> None:
    drawn = [triplet for epoch in range(1, 2001) for triplet in triplets(batches(4, epoch=epoch))]
    for anchor, partners in ((0, (3, 8)), (5, (1, 7)), (10, (6,))):
        counts = Counter(p for a, p, _ in drawn if a == anchor)
        assert sorted(counts) == sorted(partners)
        assert all(abs(counts[p] / 2000 - 1 / len(partners)) < 0.04 for p in partners)
        others = [i for i, label in enumerate(LABELS.tolist()) if label not in (-1, LABELS[anchor])]
        counts = Counter(n for a, _, n in drawn if a == anchor)
        assert sorted(counts) == others
        assert all(abs(counts[n] / 2000 - 1 / len(others)) < 0.04 for n in others)


def test_triplets_depend_on_seed_and_epoch_alone() -> None:
    built = TripletSampler(anchors=3).build(LABELS, train_size=60, seed=0)
    first, second = triplets(list(built.epoch(1))), triplets(list(built.epoch(2)))
    torch.rand(7)
    assert triplets(batches(3, epoch=2)) == second
    assert first != second
    assert triplets(batches(3, seed=1)) != first


@pytest.mark.parametrize("labels", [[0, 1, 2], [0, 0, 0], [0, 0, -1], [-1, -1, 3]])
def test_labels_without_a_triplet_are_refused(labels: list[int]) -> None:
    with pytest.raises(ConfigError, match=r"label_percent: .* make no triplet"):
        batches(2, torch.tensor(labels))


def test_it_says_how_many_images_and_classes_a_batch_has() -> None:
    assert TripletSampler(anchors=5).size == 15
    assert TripletSampler(anchors=1).build(LABELS, 60, 0).classes == 2
    assert TripletSampler().build(LABELS, 60, 0).classes == 4
