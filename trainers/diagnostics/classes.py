"""How the classes of a sample lie: how wide each is, and how far they are from each other."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from trainers.losses.functional.distances import pairwise_distances


def intra_class_variance(points: Tensor, labels: Tensor) -> Tensor:
    """Return (1/C) Σ_c 1/N_c Σ_{i in c} ‖z_i − μ_c‖²: how far images are from the mean of their class.

    A class of one image counts as 0.

    Args:
        points: (N, D).
        labels: (N,), from 0 on without a gap.
    """
    means, counts = class_means(points, labels)
    squares = (points - means[labels]).square().sum(1)
    return (squares / counts[labels]).sum() / len(means)


def intra_class_ratio(points: Tensor, labels: Tensor) -> Tensor:
    """Return which share of the variance lies within classes, in [0, 1] and in float64.

    It is within / (within + between): ``within`` is ``intra_class_variance``, ``between`` the mean over the
    classes of ‖μ_c − μ‖², μ being the mean of the μ_c. Scale has no say, so drawing all points together does
    not make it small: where they are one, up to the rounding of float32, it is 1.

    Args:
        points: (N, D).
        labels: (N,), from 0 on without a gap.
    """
    wide = points.double()
    means, _ = class_means(wide, labels)
    within = intra_class_variance(wide, labels)
    between = (means - means.mean(0)).square().sum(1).mean()
    total = within + between
    rounding = (4 * torch.finfo(torch.float32).eps) ** 2 * wide.square().sum(1).mean()
    return torch.where(total > rounding, within / total, torch.ones_like(total))


def inter_class_distance(points: Tensor, labels: Tensor, *, squared: bool = False) -> Tensor:
    """Return the mean over all pairs of classes of the distance between their means; there have to be two.

    Args:
        points: (N, D).
        labels: (N,), from 0 on without a gap.
        squared: whether distances are squared.
    """
    distances = pairwise_distances(class_means(points, labels)[0], squared=squared)
    size = len(distances)
    return distances.sum() / (size * (size - 1))


def class_means(points: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean (C, D) and the number of images (C,) of every class.

    Args:
        points: (N, D).
        labels: (N,), from 0 on without a gap.
    """
    # A product, where index_add_ would sum in another order every time on a GPU.
    members = one_hot(labels).to(points.dtype)
    counts = members.sum(0)
    return members.T @ points / counts[:, None], counts
