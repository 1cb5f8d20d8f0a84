"""The space in which embeddings are compared."""

from torch import Tensor, linalg

from trainers.errors import TrainingStopped
from trainers.losses.functional.metric_space import in_metric_space


def check_finite(embeddings: Tensor) -> None:
    """Whether all embeddings (N, D) and all distances between them are finite.

    Raises:
        TrainingStopped: some are not.
    """
    reach = 2 * linalg.vector_norm(embeddings, dim=1)  # no distance is larger than the largest of these
    broken = int((~reach.square().isfinite()).sum())
    if broken:
        raise TrainingStopped(
            f"diverged: {broken} of {len(embeddings)} embeddings are not finite", "diverged"
        )


def compared(embeddings: Tensor, *, normalize: bool) -> Tensor:
    """Return the points (N, D) whose Euclidean distances count: the embeddings, or their directions.

    Args:
        embeddings: (N, D).
        normalize: whether the space is the unit sphere, as it was in training.

    Raises:
        TrainingStopped: embeddings are not finite, or so large that their distances are not.
    """
    check_finite(embeddings)
    return in_metric_space(embeddings, on_sphere=normalize)
