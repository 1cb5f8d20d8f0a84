"""How the classes of a sample lie: how wide each is, and how far they are from each other."""

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
