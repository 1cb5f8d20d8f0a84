"""Gaussian clusters of vectors, for studying losses under noise; made, not read."""

from functools import lru_cache
from typing import Literal

import torch
from pydantic import Field, NonNegativeInt
from torch import Tensor

from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet
from trainers.training.seeding import derive, generator

OUTLIER_REACH = 3  # an outlier lies as many times farther from its centre than its like


class Synthetic(DatasetSpec):
    """``n_classes x samples_per_class`` vectors, one Gaussian cluster a class, to compare losses under noise.

    The knobs are those of the experiments on contrastive and triplet loss in arXiv 2510.02161; what they do
    exactly is this project's choice:

        c_k ~ N(0, I)    x_i = c_k + mode_spread · e_i,  e_i ~ N(0, I)    label_i = k

    The vectors are ``images`` (N, 1, 1, dims) float32, in the order of the classes they were drawn from. Each
    knob has a stream of chance of its own: turning one leaves what the others drew as it was, and a larger
    share keeps the samples of a smaller one.

    Attributes:
        n_classes: the number of clusters.
        samples_per_class: vectors drawn from each cluster.
        dims: numbers a vector has.
        mode_spread: standard deviation of a cluster along every axis, where that of the centres is 1.
        overlap_prob: share of all samples that carry the label of another class, each other class being
            equally likely; the vector stays. They are in every split, so no embedding scores 1.
        outlier_frac: share of all samples that lie three times as far from their centre: their e_i is
            tripled. They keep their label.
        seed: picks the clusters, samples and their noise; apart from ``split_seed``.
    """

    name: Literal["synthetic"] = "synthetic"
    n_classes: int = Field(default=10, ge=2, le=10_000)
    samples_per_class: int = Field(default=200, ge=2, le=10_000)
    dims: int = Field(default=128, ge=1, le=4096)
    mode_spread: float = Field(default=1.4, gt=0, le=100)
    overlap_prob: float = Field(default=0.1, ge=0, lt=1)
    outlier_frac: float = Field(default=0.05, ge=0, lt=1)
    seed: NonNegativeInt = 0

    def size(self) -> DataSize:
        """Return how many vectors and clusters are made."""
        return DataSize(self.n_classes * self.samples_per_class, self.n_classes)

    def check(self) -> None:
        """Find nothing missing: the vectors are made."""

    def load(self) -> ImageSet:
        """Return vectors (n_classes x samples_per_class, 1, 1, dims) float32, made once a process."""
        shape = (self.n_classes, self.samples_per_class, self.dims)
        return _make(shape, self.mode_spread, self.overlap_prob, self.outlier_frac, self.seed)


@lru_cache(maxsize=1)
def _make(
    shape: tuple[int, int, int], mode_spread: float, overlap_prob: float, outlier_frac: float, seed: int
) -> ImageSet:
    def chance(stream: str) -> torch.Generator:
        return generator(derive(seed, "synthetic", stream))

    classes, per_class, dims = shape
    count = classes * per_class
    drawn = torch.arange(classes).repeat_interleave(per_class)
    centres = torch.randn(classes, dims, generator=chance("centres"))
    noise = torch.randn(count, dims, generator=chance("noise"))
    noise[_some(count, outlier_frac, chance("outliers"))] *= OUTLIER_REACH
    vectors = centres[drawn] + mode_spread * noise
    step = torch.randint(1, classes, (count,), generator=chance("labels"))
    swapped = _some(count, overlap_prob, chance("overlap"))
    labels = drawn.clone()
    labels[swapped] = (drawn[swapped] + step[swapped]) % classes
    return ImageSet(vectors[:, None, None], labels, tuple(map(str, range(classes))))


def _some(count: int, share: float, chance: torch.Generator) -> Tensor:
    return torch.randperm(count, generator=chance)[: round(count * share)]
