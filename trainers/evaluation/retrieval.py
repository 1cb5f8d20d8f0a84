"""How well neighbours share a label: exact search over all pairs, reduced to sums block by block."""

import torch
from torch import Tensor

from trainers.errors import ConfigError
from trainers.evaluation.nearest import Gallery, Nearest

RECALL_AT = (1, 2, 4, 8)
# Distances that differ by less, relative to the numbers they are computed from, are one distance. In float64
# that is far finer than float32 embeddings can tell apart, and coarser than what duplicate rows pick up in a
# matrix product.
ROUNDING = 32 * torch.finfo(torch.float64).eps


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
        embeddings: (N, D), finite; what is decided is decided in float64, so float32 loses nothing.
        labels: (N,).

    Raises:
        ConfigError: no two images have the same label.
    """
    sums = torch.zeros(len(RECALL_AT) + 3, dtype=torch.float64, device=embeddings.device)
    queries = 0
    for nearest in Gallery(embeddings, labels).nearest(RECALL_AT[-1]):
        sums += _score(nearest)
        queries += len(nearest.counts)
    if not queries:
        raise ConfigError(
            "dataset: no two of the images to evaluate share a class; there is nothing to retrieve"
        )
    names = (*(f"recall_at_{k}" for k in RECALL_AT), "map_at_r", "r_precision", "tie_share")
    means = (sums / queries).tolist()
    return {**dict(zip(names, means, strict=True)), "lone_queries": float(len(labels) - queries)}


def _score(nearest: Nearest) -> Tensor:
    """Return the sums over the queries of every metric, in the order of their names."""
    right, counts, wrong = nearest.right, nearest.counts, nearest.wrong
    slack = ROUNDING * (nearest.norms + (nearest.norms + right).abs())
    as_near = torch.searchsorted(wrong, right + slack, right=True)
    place = torch.arange(1, right.shape[1] + 1, device=right.device)
    ranks = place + as_near
    is_there = place <= counts
    within = (is_there & (ranks <= counts)).double()
    recalls = [(ranks[:, 0] <= k).sum() for k in RECALL_AT]
    precision = ((within * place / ranks).sum(1, keepdim=True) / counts).sum()
    tied = is_there & (as_near > 0) & (wrong.gather(1, (as_near - 1).clamp_min(0)) >= right - slack)
    some = tied.any(1)  # few queries, so that only theirs are counted once more
    nearer = torch.searchsorted(wrong[some], (right - slack)[some])
    reach = counts.clamp_min(RECALL_AT[-1])  # no metric looks at a rank beyond
    matters = (tied[some] & (place + nearer <= reach[some])).any(1)
    return torch.stack([*recalls, precision, (within.sum(1, keepdim=True) / counts).sum(), matters.sum()])
