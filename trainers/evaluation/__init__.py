"""Retrieval and clustering metrics of embeddings, under the names in ``METRICS``."""

from torch import Tensor

from trainers.evaluation.clustering import clustering
from trainers.evaluation.metrics import METRICS, Direction
from trainers.evaluation.retrieval import retrieval
from trainers.evaluation.space import compared

__all__ = ["METRICS", "Direction", "clustering", "evaluate", "retrieval"]


def evaluate(embeddings: Tensor, labels: Tensor, *, seed: int, normalize: bool) -> dict[str, float]:
    """Return the metrics of ``retrieval`` and ``clustering``, in Euclidean distance.

    Args:
        embeddings: (N, D).
        labels: (N,), at least two of which are equal.
        seed: for k-means; in [0, 2**32).
        normalize: whether the space is the unit sphere, as it was in training.

    Raises:
        TrainingStopped: embeddings are not finite, or so large that their distances are not.
        ConfigError: no two labels are equal.
    """
    points = compared(embeddings, normalize=normalize)
    return {**clustering(points, labels, seed), **retrieval(points, labels)}
