"""How well neighbours share a label: exact search over all pairs, reduced to sums block by block."""

import torch
from torch import Tensor

from trainers.errors import ConfigError

RECALL_AT = (1, 2, 4, 8)
# Distances that differ by less, relative to the numbers they are computed from, are one distance. In float64
# that is far finer than float32 embeddings can tell apart, and coarser than what duplicate rows pick up in a
# matrix product.
ROUNDING = 32 * torch.finfo(torch.float64).eps
BLOCK = 2**20  # distances in memory at a time


def retrieval(embeddings: Tensor, labels: Tensor) -> dict[str, float]:
    """Return Recall@K, MAP@R and R-precision by Euclidean distance, each a mean over queries, in [0, 1].

    Every image queries all others; it is left out of its own neighbours by its index. Of neighbours at the
    same distance those of another class come first, so that a collapsed space scores 0, and not what the
    order of the images happens to give. R is the number of other images of the query's class.

    - ``recall_at_k``: whether one of the k nearest has the query's class.
    - ``map_at_r``: the mean over the R nearest of the precision so far, counted as 0 where the class is wrong
      (Musgrave et al., ECCV 2020).
    - ``r_precision``: the share of the R nearest that has the query's class.
    - ``tie_share``: the share of queries with a right and a wrong image at one distance, near enough to
      matter.
    - ``lone_queries``: the number of images alone in their class: they query nothing, but others may find
      them.

    Args:
        embeddings: (N, D), finite; the search runs in float64, so float32 loses nothing.
        labels: (N,).

    Raises:
        ConfigError: no two images have the same label.
    """
    gallery = _Gallery(embeddings[labels.argsort(stable=True)])
    sums = torch.zeros(len(RECALL_AT) + 3, dtype=torch.float64, device=embeddings.device)
    first = queries = 0
    for size in torch.unique(labels, return_counts=True)[1].tolist():  # classes in the gallery's order
        own = slice(first, first + size)
        first += size
        if size > 1:
            queries += size
            for block in gallery.blocks(own):
                sums += _score(*gallery.rank(block, own))
    if not queries:
        raise ConfigError(
            "dataset: no two of the images to evaluate share a class; there is nothing to retrieve"
        )
    names = (*(f"recall_at_{k}" for k in RECALL_AT), "map_at_r", "r_precision", "tie_share")
    means = (sums / queries).tolist()
    return {**dict(zip(names, means, strict=True)), "lone_queries": float(len(labels) - queries)}


class _Gallery:
    """All images, sorted by class: a class is a slice, and so is the block of it that queries at a time."""

    def __init__(self, embeddings: Tensor) -> None:
        points = embeddings.double()
        self.points = points - points.mean(0)  # around the mean, what lies close together keeps its digits
        self.norms = self.points.square().sum(1)

    def blocks(self, own: slice) -> list[slice]:
        rows = max(1, BLOCK // len(self.points))
        return [slice(at, min(at + rows, own.stop)) for at in range(own.start, own.stop, rows)]

    def rank(self, block: slice, own: slice) -> tuple[Tensor, Tensor]:
        """Return the ranks (Q, R) of each query's right images, from 1, and whether a tie moved one (Q,)."""
        # Squared distances less the query's squared norm, which orders a row's images just as well.
        values = torch.addmm(self.norms, self.points[block], self.points.T, alpha=-2)
        itself = torch.arange(block.start - own.start, block.stop - own.start, device=values.device)
        right = values[:, own].scatter(1, itself[:, None], torch.inf).sort(1).values[:, :-1]
        reach = max(right.shape[1], *RECALL_AT)  # no metric looks at a rank beyond
        values[:, own] = torch.inf
        wrong = values.topk(min(reach, values.shape[1]), largest=False).values
        norms = self.norms[block, None]
        slack = ROUNDING * (norms + (norms + right).abs())
        nearer = torch.searchsorted(wrong, right - slack)
        as_near = torch.searchsorted(wrong, right + slack, right=True)
        place = torch.arange(1, right.shape[1] + 1, device=right.device)
        return place + as_near, ((nearer < as_near) & (place + nearer <= reach)).any(1)


def _score(ranks: Tensor, tied: Tensor) -> Tensor:
    """Return the sums over the queries of every metric, in the order of their names."""
    size = ranks.shape[1]
    place = torch.arange(1, size + 1, device=ranks.device)
    within = (ranks <= size).double()
    recalls = [(ranks[:, 0] <= k).sum() for k in RECALL_AT]
    return torch.stack([*recalls, (within * place / ranks).sum() / size, within.sum() / size, tied.sum()])
