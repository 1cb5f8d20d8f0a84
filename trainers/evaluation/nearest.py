"""The nearest images of each query, exactly: those of its own class, and as many others as are asked for.

All distances here are squared, and less the query's squared norm, which orders a query's images just as well.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

BLOCK = 2**23  # distances in memory at a time
GROUP = 32  # so many images are first known by the smallest of their distances
SPARE = 8  # so many more than asked for are looked at, for what float32 cannot tell apart
WORTH_THREADS = 2**18  # so many values are sorted by several threads


@dataclass(frozen=True)
class Nearest:
    """The nearest images of some queries.

    Attributes:
        norms: (Q, 1) float64, the queries' squared norms.
        counts: (Q, 1), how many other images there are of a query's class.
        right: (Q, R) float64, the distances of these, sorted; infinite beyond the last.
        wrong: (Q, K) float64, the distances of the nearest images of other classes, sorted; infinite beyond
            the last.
    """

    norms: Tensor
    counts: Tensor
    right: Tensor
    wrong: Tensor


class Gallery:
    """All images, sorted by class, so that a class is a slice; small classes come first.

    Args:
        embeddings: (N, D), finite; distances are those of float64, so float32 loses nothing.
        labels: (N,).
    """

    def __init__(self, embeddings: Tensor, labels: Tensor) -> None:
        _, classes, sizes = torch.unique(labels, return_inverse=True, return_counts=True)
        # Queries of one block are padded to the largest of their classes.
        ordered = (sizes[classes] * len(sizes) + classes).argsort(stable=True)
        points = embeddings[ordered].double()
        points -= points.mean(0)  # around the mean, what lies close together keeps its digits
        self._points, self._norms = points, points.square().sum(1)
        self._factors = _Factors(points, self._norms)
        self._sizes = sizes[classes[ordered]]
        places = torch.arange(len(ordered), device=ordered.device)
        starts = classes[ordered].diff(prepend=classes.new_full((1,), -1)) != 0
        self._starts = torch.where(starts, places, 0).cummax(0).values
        self._rough = _RoughDistances(points, self._norms)

    def nearest(self, least: int) -> Iterator[Nearest]:
        """Yield the nearest images of all that are not alone in their class, block by block.

        Args:
            least: so many of other classes, or as many as the own class has, whichever is more.
        """
        queries = (self._sizes > 1).nonzero().squeeze(1)
        for block in queries.split(max(1, BLOCK // len(self._points))) if len(queries) else ():
            counts = self._sizes[block, None] - 1
            own = self._own(block)
            reach = min(max(own.shape[1] - 1, least), len(self._points))
            right, wrong = self._by_class(block, own, reach)
            yield Nearest(self._norms[block, None], counts, right, wrong)

    def _own(self, block: Tensor) -> Tensor:
        """Return the images (Q, C) of each query's class, filled up with the query itself."""
        sizes = self._sizes[block, None]
        inside = torch.arange(int(sizes.max()), device=block.device)
        return torch.where(inside < sizes, self._starts[block, None] + inside, block[:, None])

    def _by_class(self, block: Tensor, own: Tensor, reach: int) -> tuple[Tensor, Tensor]:
        if not self._rough.pays(reach):
            return self._of_all(block, own, reach)
        itself = own == block[:, None]
        right = _smallest(self._distances(block, own).masked_fill(itself, torch.inf), own.shape[1] - 1)
        images, known = self._rough.candidates(block, own, reach)
        wrong = _smallest(self._distances(block, images), reach)
        if not known.all():
            wrong[~known] = self._of_all(block[~known], own[~known], reach)[1]
        return right, wrong

    def _of_all(self, block: Tensor, own: Tensor, reach: int) -> tuple[Tensor, Tensor]:
        """Return what stands nearest among the distances of all images."""
        distances = self._factors.distances(block).scatter_(1, block[:, None], torch.inf)
        right = _smallest(distances.gather(1, own), own.shape[1] - 1)
        return right, _smallest(distances.scatter_(1, own, torch.inf), reach)

    def _distances(self, block: Tensor, images: Tensor) -> Tensor:
        """Return the distances of some images (Q, K) of each query."""
        points = self._points.index_select(0, images.flatten()).view(*images.shape, -1)
        return self._norms[images] - 2 * torch.einsum("qd,qkd->qk", self._points[block], points)


class _Factors:
    """The factors (-2q, 1) and (p, |p|^2) whose product is the distance |p|^2 - 2qp of query and image."""

    def __init__(self, points: Tensor, norms: Tensor) -> None:
        self._images = torch.cat([points, norms[:, None]], 1)
        self._room: Tensor | None = None

    def distances(self, block: Tensor) -> Tensor:
        """Return the distances (Q, N) of some queries, which stand where those of the last call stood."""
        queries = self._images[block] * -2
        queries[:, -1] = 1
        if self._room is None or len(self._room) < len(block):
            self._room = queries.new_empty(len(block), len(self._images))
        return torch.mm(queries, self._images.T, out=self._room[: len(block)])


class _RoughDistances:
    """Distances in float32, at half the cost or, on many GPUs, at a 64th; they say what may be nearest.

    With all norms at most 1, and u half of float32's epsilon, |p|^2 - 2qp in float32 is at most 3(D + 3)u
    from the truth: its D + 1 products sum up to 3 at most without their signs, and each is off by 2u for its
    rounded factors and by (D + 1)u for the sum. ``_error`` is twice that. So an image can be among the k
    nearest only if its rough distance exceeds the k-th smallest by at most two errors.

    To find these without sorting, images stand in groups. The k nearest lie in the k groups whose smallest
    distances are smallest: otherwise k groups would hold something nearer than one of them.
    """

    def __init__(self, points: Tensor, norms: Tensor) -> None:
        self._count, width = points.shape
        self._groups = -(-self._count // GROUP)
        missing = self._groups * GROUP - self._count
        largest = norms.max().clamp_min(torch.finfo(norms.dtype).tiny)
        self._factors = _Factors(
            pad((points / largest.sqrt()).float(), (0, 0, 0, missing)),
            pad((norms / largest).float(), (0, missing), value=torch.inf),
        )
        self._error = 3 * (width + 3) * torch.finfo(torch.float32).eps

    def pays(self, reach: int) -> bool:
        """Return whether so few are asked for that most groups need not be looked at."""
        return 4 * (reach + SPARE) <= self._groups

    def candidates(self, block: Tensor, own: Tensor, reach: int) -> tuple[Tensor, Tensor]:
        """Return images (Q, K) of other classes that may be nearest, and whether (Q,) all of them are."""
        distances = self._factors.distances(block).scatter_(1, own, torch.inf)
        # A class is spread over the groups, since what is near in this order often is near in space.
        grouped = distances.view(len(block), GROUP, self._groups)
        groups, all_groups = self._may_be_nearest(grouped.amin(1), reach)
        inside = grouped.gather(2, groups[:, None].expand(-1, GROUP, -1)).flatten(1)
        found, all_images = self._may_be_nearest(inside, reach)
        chosen = groups.shape[1]
        images = found // chosen * self._groups + groups.gather(1, found % chosen)
        return images.clamp_max(self._count - 1), all_groups & all_images

    def _may_be_nearest(self, distances: Tensor, reach: int) -> tuple[Tensor, Tensor]:
        found = distances.topk(reach + SPARE, largest=False)
        farthest = found.values[:, reach - 1] + 2 * self._error
        return found.indices, found.values[:, -1] > farthest


def _smallest(values: Tensor, count: int) -> Tensor:
    """Return the smallest values (Q, count) of each row, sorted; what was given loses its order.

    On the CPU NumPy sorts: its vectorised sorts take a tenth to a hundredth of torch's time.
    """
    if values.device.type != "cpu":
        return values.topk(count, largest=False).values
    rows = values.numpy()
    threads = torch.get_num_threads() if rows.size >= WORTH_THREADS else 1
    if threads == 1:
        return torch.from_numpy(_smallest_of(rows, count))
    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(_smallest_of, np.array_split(rows, threads), [count] * threads)
        return torch.from_numpy(np.concatenate(list(parts)))


def _smallest_of(rows: NDArray[Any], count: int) -> NDArray[Any]:
    if 0 < count < rows.shape[1]:
        rows.partition(count - 1, axis=1)
    smallest = rows[:, :count].copy()
    smallest.sort(axis=1)
    return smallest
