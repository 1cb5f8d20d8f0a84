"""Whether embeddings can be measured at all."""

import torch
from torch import Tensor

from trainers.errors import TrainingStopped


def check_finite(embeddings: Tensor) -> None:
    """Whether all embeddings (N, D) and all distances between them are finite.

    Raises:
        TrainingStopped: some are not.
    """
    reach = 2 * torch.linalg.vector_norm(embeddings, dim=1)  # no distance is larger than the largest of these
    broken = int((~reach.square().isfinite()).sum())
    if broken:
        raise TrainingStopped(
            f"diverged: {broken} of {len(embeddings)} embeddings are not finite", "diverged"
        )
