"""k-means from several starts at once, all of them in the same products of matrices."""

from dataclasses import dataclass
from math import ceil, log

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from trainers.training.seeding import generator

MOST_STARTS, MOST_CENTRES = 10, 10_000
MOST_ROUNDS = 128
MOST_ITERATIONS = 300
TOLERANCE = 1e-4
BLOCK = 2**22  # distances in memory at a time


def kmeans(points: Tensor, clusters: int, seed: int) -> Tensor:
    """Return the cluster (N,) int64 of each point, by Lloyd's algorithm from the best of several starts.

    There are ten starts, fewer where they would have more than 10,000 centres together: the more clusters,
    the less one start differs from another. A start is chosen by greedy k-means++ (Arthur and Vassilvitskii,
    SODA 2007): a centre is the best of 2 + log K points, drawn with their squared distances to the centres so
    far as weights. With more than 128 clusters several centres are chosen between two updates of the weights.

    Lloyd's algorithm ends, as scikit-learn's does, when no point changes its cluster, when the centres move
    by less than 1e-4 of the points' variance, or after 300 iterations.

    Args:
        points: (N, D), finite.
        clusters: K, from 1 to N. If fewer points are distinct, some clusters are empty.
        seed: picks the starts; in [0, 2**32).
    """
    cloud = _Cloud.around_mean(points)
    starts = max(1, min(MOST_STARTS, MOST_CENTRES // clusters))
    runs = _converged(cloud, _plus_plus(cloud, clusters, starts, seed))
    return runs.cluster[:, int(runs.distance.double().sum(0).argmin())]


@dataclass(frozen=True)
class _Cloud:
    """The points (N, D) around their mean, and their squared norms (N,)."""

    points: Tensor
    norms: Tensor

    @classmethod
    def around_mean(cls, points: Tensor) -> "_Cloud":
        centred = (points - points.mean(0)).float()
        return cls(centred, centred.square().sum(1))

    def squared_distances(self, rows: Tensor | slice, centres: Tensor) -> Tensor:
        """Return the squared distances (n, C), at least 0, of some points to centres (C, D)."""
        products = torch.addmm(centres.square().sum(1), self.points[rows], centres.T, alpha=-2)
        return products.add_(self.norms[rows, None]).clamp_(min=0)


@dataclass(frozen=True)
class _Runs:
    """Where R runs stand.

    Attributes:
        centres: (R, K, D).
        cluster: (N, R) int64, the nearest centre of every point.
        distance: (N, R), the square of how far that is.
    """

    centres: Tensor
    cluster: Tensor
    distance: Tensor


def _plus_plus(cloud: _Cloud, clusters: int, starts: int, seed: int) -> Tensor:
    """Return the first centres (R, K, D) of every start."""
    chance, candidates = generator(seed), 2 + int(log(clusters))
    count = ceil(clusters / MOST_ROUNDS)
    device = cloud.points.device
    chosen = torch.randint(len(cloud.points), (starts, 1), generator=chance).to(device)
    nearest = cloud.squared_distances(slice(None), cloud.points[chosen[:, 0]])
    while (missing := clusters - chosen.shape[1]) > 0:
        count = min(count, missing)
        shares = torch.rand(starts, count * candidates, dtype=torch.float64, generator=chance)
        drawn = _drawn(nearest, shares.to(device))
        distances = cloud.squared_distances(slice(None), cloud.points[drawn.flatten()])
        distances = distances.view(-1, *drawn.shape).clamp_(max=nearest[:, :, None])
        costs = distances.sum(0).view(starts, count, candidates)
        best = costs.argmin(2) + candidates * torch.arange(count, device=device)
        chosen = torch.cat([chosen, drawn.gather(1, best)], 1)
        nearest = distances.gather(2, best.expand(len(distances), -1, -1)).amin(2)
    return cloud.points[chosen]


def _drawn(weights: Tensor, shares: Tensor) -> Tensor:
    """Return the points (R, C) at shares (R, C), in [0, 1), of the points laid in a row by weights (N, R)."""
    sums = weights.T.double().cumsum(1)
    return torch.searchsorted(sums, shares * sums[:, -1:], right=True).clamp(max=len(weights) - 1)


def _converged(cloud: _Cloud, centres: Tensor) -> _Runs:
    """Return the runs from these centres (R, K, D) at their ends."""
    tolerance = TOLERANCE * cloud.norms.mean() / cloud.points.shape[1]
    runs = _Runs(centres, *_nearest(cloud, centres))
    going = torch.arange(len(centres), device=centres.device)
    for _ in range(MOST_ITERATIONS):
        before = _Runs(runs.centres[going], runs.cluster[:, going], runs.distance[:, going])
        after = _iterated(cloud, before)
        runs.centres[going], runs.cluster[:, going] = after.centres, after.cluster
        runs.distance[:, going] = after.distance
        shift = (after.centres - before.centres).square().sum((1, 2))
        going = going[(after.cluster != before.cluster).any(0) & (shift > tolerance)]
        if not len(going):
            break
    return runs


def _iterated(cloud: _Cloud, runs: _Runs) -> _Runs:
    """Return the runs one iteration later."""
    centres = _means(cloud, runs)
    if len(centres) > 1:
        return _Runs(centres, *_nearest(cloud, centres))
    # Most clusters of a large run soon stay as they are. A point whose centre has not moved can only go over
    # to one that has, so that a late iteration looks at few pairs of points and centres.
    moved = (centres != runs.centres)[0].any(1)
    cluster, distance = runs.cluster.clone(), runs.distance.clone()
    restless = moved[cluster[:, 0]]
    cluster[restless], distance[restless] = _nearest(cloud, centres, restless.nonzero()[:, 0])
    calm, others = (~restless).nonzero()[:, 0], moved.nonzero()[:, 0]
    if len(calm) and len(others):
        rival, rival_distance = _nearest(cloud, centres[:, others], calm)
        goes = rival_distance < distance[calm]
        cluster[calm] = torch.where(goes, others[rival], cluster[calm])
        distance[calm] = torch.minimum(rival_distance, distance[calm])
    return _Runs(centres, cluster, distance)


def _means(cloud: _Cloud, runs: _Runs) -> Tensor:
    """Return the centres (R, K, D) of the clusters; that of an empty one goes to a point far from its own."""
    starts, clusters, dimensions = runs.centres.shape
    cluster = (runs.cluster + clusters * torch.arange(starts, device=runs.cluster.device)).flatten()
    sizes = torch.bincount(cluster, minlength=starts * clusters)
    order = cluster.argsort(stable=True).div(starts, rounding_mode="floor")
    means = embedding_bag(order, cloud.points, sizes.cumsum(0) - sizes, mode="mean")
    centres, empty = means.view(starts, clusters, dimensions), (sizes == 0).view(starts, clusters)
    for run in empty.any(1).nonzero()[:, 0].tolist():
        missing = empty[run].nonzero()[:, 0]
        centres[run, missing] = cloud.points[runs.distance[:, run].topk(len(missing)).indices]
    return centres


def _nearest(cloud: _Cloud, centres: Tensor, rows: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return for all points, or these, the nearest centre in each run (n, R) and its squared distance."""
    starts, clusters, _ = centres.shape
    chosen = torch.arange(len(cloud.points), device=centres.device) if rows is None else rows
    flat = centres.flatten(0, 1)
    parts = [
        cloud.squared_distances(part, flat).view(-1, starts, clusters).min(2)
        for part in torch.split(chosen, max(1, BLOCK // len(flat)))
    ]
    return torch.cat([part.indices for part in parts]), torch.cat([part.values for part in parts])
