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
    known = (labels >= 0).nonzero()[:, 0]  # on a GPU, the one time that it is waited for here
    if len(known) < len(labels):
        embeddings, labels = embeddings.index_select(0, known), labels.index_select(0, known)
    return in_space(embeddings, on_sphere=on_sphere), labels


def in_space(points: Tensor, *, on_sphere: bool) -> Tensor:
    """Return points (B, D) in float32 at least, on the unit sphere if so asked; zeros stay where they are."""
    wide = points if points.dtype == torch.float64 else points.float()
    return in_metric_space(wide, on_sphere=on_sphere)


def pairs(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return two masks (B, B): the pairs of one class without the diagonal, and the pairs of two classes."""
    same = labels[:, None] == labels
    return same.clone().fill_diagonal_(False), ~same
