"""k-means beside scikit-learn's and beside what a clustering has to be."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from torch import Tensor

from trainers.evaluation import kmeans as module
from trainers.evaluation.kmeans import kmeans


def points(count: int, dimensions: int, classes: int, noise: float, seed: int = 0) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    centres = torch.randn(classes, dimensions, generator=chance)
    return centres[torch.arange(count) % classes] + noise * torch.randn(count, dimensions, generator=chance)


def means(rows: Tensor, cluster: Tensor, clusters: int) -> Tensor:
    return torch.stack([rows[cluster == each].double().mean(0) for each in range(clusters)])


def inertia(rows: Tensor, cluster: Tensor) -> float:
    return sum(
        float((rows[cluster == each].double() - rows[cluster == each].double().mean(0)).square().sum())
        for each in cluster.unique()
    )


@pytest.mark.parametrize(
    ("count", "dimensions", "clusters", "noise"),
    [(359, 64, 10, 0.5), (359, 2, 10, 0.5), (500, 8, 40, 0.6), (1000, 16, 200, 0.4)],
)
def test_inertia_is_within_the_noise_of_scikit_learns(
    count: int, dimensions: int, clusters: int, noise: float
) -> None:
    rows = points(count, dimensions, clusters, noise)
    seeds = range(4)
    ours = [inertia(rows, kmeans(rows, clusters, seed)) for seed in seeds]
    theirs = [
        KMeans(clusters, n_init=10, random_state=seed, max_iter=300).fit(rows.numpy()).inertia_
        for seed in seeds
    ]
    assert np.mean(ours) <= 1.01 * np.mean(theirs)
    assert max(ours) <= 1.02 * max(theirs)


@pytest.mark.parametrize(("clusters", "starts"), [(7, 10), (150, 10), (150, 1)])
def test_every_point_is_with_its_nearest_centre(
    monkeypatch: pytest.MonkeyPatch, clusters: int, starts: int
) -> None:
    monkeypatch.setattr(module, "MOST_STARTS", starts)
    monkeypatch.setattr(module, "TOLERANCE", 0.0)
    rows = points(600, 5, clusters, 0.5)
    cluster = kmeans(rows, clusters, seed=0)
    assert cluster.dtype == torch.int64
    assert torch.equal(cluster.unique(), torch.arange(clusters))
    centres = means(rows, cluster, clusters)
    distances = torch.cdist(rows.double(), centres)
    own = distances.gather(1, cluster[:, None])[:, 0]
    assert torch.allclose(own, distances.amin(1), atol=1e-6)


def test_a_single_run_that_looks_at_few_pairs_goes_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = points(400, 6, 60, 0.8)
    single = module._Cloud.around_mean(rows)
    starts = module._plus_plus(single, 60, 1, 0)
    alone = module._converged(single, starts)
    twice = module._converged(single, starts.expand(2, -1, -1).contiguous())
    assert torch.equal(alone.cluster[:, 0], twice.cluster[:, 0])
    assert torch.allclose(alone.distance[:, 0], twice.distance[:, 0], atol=1e-5)


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = points(300, 6, 9, 0.8)
    whole = kmeans(rows, 9, seed=3)
    monkeypatch.setattr(module, "BLOCK", 1000)
    assert torch.equal(kmeans(rows, 9, seed=3), whole)


@given(st.integers(1, 30), st.integers(1, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_repeated_points_have_one_cluster_each(count: int, distinct: int, seed: int) -> None:
    which = torch.arange(count) % distinct
    rows = torch.randn(distinct, 3, generator=torch.Generator().manual_seed(0))[which]
    cluster = kmeans(rows, min(count, distinct), seed)
    assert len(cluster.unique()) == len(which.unique())
    for each in which.unique():
        assert len(cluster[which == each].unique()) == 1


def test_as_many_clusters_as_points() -> None:
    rows = points(20, 3, 20, 1.0)
    assert len(kmeans(rows, 20, seed=0).unique()) == 20


def test_one_cluster() -> None:
    assert kmeans(points(20, 3, 4, 1.0), 1, seed=0).tolist() == [0] * 20


def test_far_from_the_origin_points_keep_their_digits() -> None:
    rows = points(200, 4, 5, 0.05)
    far = (rows.double() + 1e4).double()
    near, moved = kmeans(rows, 5, seed=0), kmeans(far, 5, seed=0)
    assert inertia(rows, moved) == pytest.approx(inertia(rows, near), rel=1e-3)
