"""A batch as losses see it: labelled points, and which pairs of them belong together."""

import torch
from torch import Tensor

from trainers.losses.functional.metric_space import in_metric_space


def labelled(embeddings: Tensor, labels: Tensor, *, on_sphere: bool) -> tuple[Tensor, Tensor]:
    """Return the points (B', D) whose label is known, in float32 at least, and their labels (B',).

    Args:
        embeddings: (B, D).
        labels: (B,), -1 where unknown; such images are no class.
        on_sphere: whether points are put on the unit sphere. A row of zeros stays where it is.
    """
    known = labels >= 0
    return in_space(embeddings[known], on_sphere=on_sphere), labels[known]


def in_space(points: Tensor, *, on_sphere: bool) -> Tensor:
    """Return points (B, D) in float32 at least, on the unit sphere if so asked; zeros stay where they are."""
    wide = points if points.dtype == torch.float64 else points.float()
    return in_metric_space(wide, on_sphere=on_sphere)


def pairs(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return two masks (B, B): the pairs of one class without the diagonal, and the pairs of two classes."""
    same = labels[:, None] == labels[None, :]
    return same.logical_and(~torch.eye(len(labels), dtype=torch.bool, device=labels.device)), ~same
