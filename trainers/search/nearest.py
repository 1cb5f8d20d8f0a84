"""The nearest points of a gallery: exact, with faiss as a filter where it is installed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import torch
from torch import Tensor

ROUNDING = 1e-4
"""By how much faiss's squared distances may be wrong, as a share of the largest there could be; float32."""

Candidates = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Neighbours:
    """The nearest points of one query.

    Attributes:
        positions: (K,) int64, in the gallery, the nearest first; equally near ones in the order there.
        distances: (K,) float64, Euclidean.
    """

    positions: Tensor
    distances: Tensor


def nearest(
    gallery: Tensor, queries: Tensor, count: int, *, faiss: bool | None = None
) -> Iterator[Neighbours]:
    """Yield the ``count`` nearest points of a gallery for each query; all if there are fewer.

    The answer is the same with faiss and without: it only says which points can be among the nearest, and
    their distances are computed again in float64.

    Args:
        gallery: (N, D), one point or more.
        queries: (Q, D).
        count: 1 or more.
        faiss: whether it is used; where it is installed if not given.
    """
    used = find_spec("faiss") is not None if faiss is None else faiss
    count = min(count, len(gallery))
    points = gallery.cpu().double()
    candidates = _by_faiss(points, count) if used else _all(points)
    for query in queries.cpu().double():
        among = candidates(query)
        distances = torch.cdist(
            query[None], points[among], compute_mode="donot_use_mm_for_euclid_dist"
        ).squeeze(0)
        order = distances.argsort(stable=True)[:count]
        yield Neighbours(among[order], distances[order])


def _all(points: Tensor) -> Candidates:
    everything = torch.arange(len(points))
    return lambda _: everything


def _by_faiss(points: Tensor, count: int) -> Candidates:
    """Return what finds all points that are not surely farther than the ``count`` nearest ones."""
    import faiss  # noqa: PLC0415 - an extra

    index = faiss.IndexFlatL2(points.shape[1])
    index.add(points.float().numpy())
    reach = float(torch.linalg.vector_norm(points, dim=1).max())

    def candidates(query: Tensor) -> Tensor:
        row = query[None].float().numpy()
        squared, _ = index.search(row, count)
        rounding = ROUNDING * (reach + float(torch.linalg.vector_norm(query))) ** 2
        _, _, positions = index.range_search(row, float(squared.max()) + rounding)
        return torch.from_numpy(positions).sort().values

    return candidates
