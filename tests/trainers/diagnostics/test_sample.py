"""Which images and triplets are looked at: all if they are few, else a fixed choice."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainers.diagnostics.sample import MOST_IMAGES, MOST_TRIPLETS, Sample, choose_triplets


def is_triplet(labels: torch.Tensor, triplets: torch.Tensor) -> bool:
    anchor, positive, negative = triplets.T
    right = (labels[anchor] == labels[positive]) & (anchor != positive) & (labels[anchor] != labels[negative])
    return bool(right.all())


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=0, max_size=9).map(lambda more: [0, 1, 0, *more]))
def test_all_triplets_if_they_are_few(labels: list[int]) -> None:
    size = len(labels)
    expected = {
        (a, p, n)
        for a in range(size)
        for p in range(size)
        for n in range(size)
        if a != p and labels[a] == labels[p] and labels[a] != labels[n]
    }
    known = torch.unique(torch.tensor(labels), return_inverse=True)[1]
    found = [tuple(triplet) for triplet in choose_triplets(known, seed=0).tolist()]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_a_draw_is_of_triplets_evenly_and_the_same_again() -> None:
    labels = torch.tensor([0, 1, 1, 0, 2, 1])
    drawn = choose_triplets(labels, seed=3, most=23)
    assert drawn.shape == (23, 3)
    assert is_triplet(labels, drawn)
    assert torch.equal(drawn, choose_triplets(labels, seed=3, most=23))
    assert not torch.equal(drawn, choose_triplets(labels, seed=4, most=23))
    every = choose_triplets(labels, seed=0)  # (2 · 1) · 4 + (3 · 2) · 3 = 26
    assert len(every) == 26
    many = torch.cat([choose_triplets(labels, seed=seed, most=25) for seed in range(400)])
    counts = torch.unique(many, dim=0, return_counts=True)[1]
    assert len(counts) == 26
    assert counts.min() > 0.8 * 10_000 / 26
    assert counts.max() < 1.2 * 10_000 / 26


def test_a_large_sample_is_a_fixed_choice_with_positives_of_every_class() -> None:
    targets = torch.arange(5000) % 450
    sample = Sample.draw(targets, seed=1)
    assert len(sample.positions) == len(sample.labels) == MOST_IMAGES
    assert torch.equal(sample.labels, targets[sample.positions])
    assert torch.bincount(sample.labels).min() == 2
    assert sample.triplets.shape == (MOST_TRIPLETS, 3)
    assert is_triplet(sample.labels, sample.triplets)
    again = Sample.draw(targets, seed=1)
    assert all(torch.equal(getattr(sample, name), getattr(again, name)) for name in vars(sample))
    assert not torch.equal(sample.positions, Sample.draw(targets, seed=2).positions)


@pytest.mark.parametrize("size", [4, 999, 1000])
def test_a_small_one_is_all_there_is(size: int) -> None:
    targets = torch.arange(size) % 2 + 3  # classes 0 to 2 have no labelled image
    sample = Sample.draw(targets, seed=0)
    assert torch.equal(sample.positions, torch.arange(size))
    assert torch.equal(sample.labels, targets - 3)
