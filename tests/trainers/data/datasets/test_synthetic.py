from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from trainers.data.datasets import ImageSet, Synthetic
from trainers.data.standardise import Standardise


def vectors(data: ImageSet) -> Tensor:
    return data.images.flatten(1)


def variance_within_classes(data: ImageSet) -> float:
    """Return the mean over the classes of the variance a dimension around the class's mean."""
    parts = [vectors(data)[data.labels == label] for label in torch.unique(data.labels)]
    return sum(float(part.var(0).mean()) for part in parts) / len(parts)


def clean(**fields: Any) -> ImageSet:
    return Synthetic(**({"overlap_prob": 0, "outlier_frac": 0} | fields)).load()


def test_its_size_is_as_configured() -> None:
    data = Synthetic().load()
    assert (data.images.shape, data.images.dtype) == ((2000, 1, 1, 128), torch.float32)
    data = clean(n_classes=4, samples_per_class=7, dims=3)
    assert data.images.shape == (28, 1, 1, 3)
    assert data.labels.tolist() == [label for label in range(4) for _ in range(7)]


def test_the_seed_decides_everything() -> None:
    first, again, other = (Synthetic(seed=seed).load() for seed in (3, 3, 4))
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.labels, again.labels)
    assert not torch.equal(first.images, other.images)
    assert not torch.equal(first.labels, other.labels)


def test_centres_have_variance_1() -> None:
    data = clean(n_classes=200, samples_per_class=50, mode_spread=0.1)
    centres = torch.stack([vectors(data)[data.labels == label].mean(0) for label in range(200)])
    assert float(centres.var()) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("spread", [0.5, 1.4, 3.0])
def test_mode_spread_is_the_standard_deviation_of_a_class(spread: float) -> None:
    assert variance_within_classes(clean(mode_spread=spread)) == pytest.approx(spread**2, rel=0.02)


@pytest.mark.parametrize("share", [0.1, 0.35])
def test_overlap_is_the_share_of_labels_of_another_class(share: float) -> None:
    plain, mixed = clean(), clean(overlap_prob=share)
    assert torch.equal(plain.images, mixed.images)
    swapped = plain.labels != mixed.labels
    assert int(swapped.sum()) == round(2000 * share)
    steps = (mixed.labels - plain.labels)[swapped] % 10
    assert steps.bincount(minlength=10)[1:].min() > 0.06 * swapped.sum()  # of nine classes, each alike
    assert plain.labels[swapped].bincount().min() > 0.06 * swapped.sum()


def test_outliers_lie_three_times_as_far() -> None:
    plain, data = clean(), clean(outlier_frac=0.05)
    moved = (plain.images != data.images).flatten(1).any(1)
    assert int(moved.sum()) == 100
    assert torch.equal(plain.labels, data.labels)
    centres = torch.stack([vectors(plain)[plain.labels == label].mean(0) for label in range(10)])
    distances = (vectors(data) - centres[data.labels]).norm(dim=1)
    assert float(distances[moved].mean() / distances[~moved].mean()) == pytest.approx(3, rel=0.03)
    assert distances[moved].min() > distances[~moved].max()


def test_a_larger_share_keeps_the_samples_of_a_smaller_one() -> None:
    plain, some, more = (clean(overlap_prob=share).labels for share in (0, 0.1, 0.3))
    assert torch.equal(some[some != plain], more[some != plain])


def test_networks_see_vectors_of_mean_0_and_variance_1_in_their_proportions() -> None:
    images = Synthetic(dims=5).load().images * torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]) + 7
    result = Standardise.of(images)(images)
    assert float(result.mean()) == pytest.approx(0, abs=1e-5)
    assert float(result.std(correction=0)) == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(
        result.std((0, 1, 2)) / images.std((0, 1, 2)), torch.full((5,), 1 / float(images.std(correction=0)))
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"n_classes": 1},
        {"samples_per_class": 1},
        {"dims": 0},
        {"mode_spread": 0},
        {"overlap_prob": 1},
        {"overlap_prob": -0.1},
        {"outlier_frac": 1},
        {"seed": -1},
    ],
)
def test_values_out_of_range_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Synthetic(**fields)
