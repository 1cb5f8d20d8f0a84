"""How far negatives are beyond positives, before any margin, from one matrix of distances."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from trainers.losses.functional.direction import SMALLEST_PRODUCT


def mean_distances(values: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean distance of two classes, and the mean of D_an − D_ap over all triplets.

    The distance of two classes is the mean over all pairs of an image of the one and one of the other; each
    pair of classes counts alike, whatever their sizes. No triplet costs anything only if the latter is at
    least the margin, for a mean of hinges is at least the hinge of the mean.

    Args:
        values: (N, N), distances to the loss's power.
        labels: (N,), from 0 on without a gap, two of which are equal, and two of which are not.
    """
    members = one_hot(labels).to(values.dtype)
    to_classes = values @ members
    own = to_classes.gather(1, labels[:, None])[:, 0]
    others = to_classes.sum(1) - own
    counts = members.sum(0)
    apart = (members.T @ to_classes / counts / counts[:, None]).fill_diagonal_(0)
    sizes = torch.bincount(labels)[labels]
    positives, negatives = sizes - 1, len(labels) - sizes
    # Each negative of an anchor stands in as many triplets as the anchor has positives, and the reverse.
    gap = (others * positives - own * negatives).sum() / (positives * negatives).sum()
    return apart.sum() / (len(counts) * (len(counts) - 1)), gap


def worst_gap(values: Tensor, labels: Tensor) -> Tensor:
    """Return the least, over all anchors that have both, of the nearest negative less the farthest positive.

    No triplet costs anything if this is at least the margin.

    Args:
        values: (N, N), distances to the loss's power.
        labels: (N,), each at least 0, two of which are equal, and two of which are not.
    """
    same = labels[:, None] == labels
    nearest = values.masked_fill(same, torch.inf).amin(1)
    farthest = (values * same).amax(1)  # or 0, the distance to itself
    paired = torch.bincount(labels)[labels] > 1
    return (nearest - farthest)[paired].amin()


def direction_cosine(distances: Tensor, triplets: Tensor) -> Tensor:
    """Return the mean of cos(z_n − z_a, z_p − z_a) over triplets, in [−1, 1], by the law of cosines.

    Where all distances are equal it is ½. Where a direction is undefined it counts as perpendicular: 0.

    Args:
        distances: (N, N), not squared.
        triplets: (T, 3), positions of anchor, positive and negative; T at least 1.
    """
    anchor, positive, negative = triplets.T
    ap, an, pn = distances[anchor, positive], distances[anchor, negative], distances[positive, negative]
    product = ap * an
    defined = product >= SMALLEST_PRODUCT
    cosines = (an.square() + ap.square() - pn.square()) / (2 * product.masked_fill(~defined, 1))
    return (cosines.clamp(-1, 1) * defined).mean()
