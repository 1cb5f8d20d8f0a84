"""How far negatives are beyond positives, before any margin, from one matrix of distances."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from trainers.losses.batch import pairs
from trainers.losses.direction import SMALLEST_PRODUCT


def negative_distance(values: Tensor, labels: Tensor) -> Tensor:
    """Return the mean of the distances between all images of two different classes; there have to be two.

    Args:
        values: (N, N), distances to the loss's power.
        labels: (N,), from 0 on without a gap.
    """
    _, others = _sums(values, labels)
    sizes = torch.bincount(labels)[labels]
    return others.sum() / (len(labels) - sizes).sum()


def mean_gap(values: Tensor, labels: Tensor) -> Tensor:
    """Return the mean of D_an − D_ap over all triplets; one triplet there has to be.

    No triplet costs anything only if this is at least the margin: a mean of hinges is at least the hinge of
    the mean.

    Args:
        values: (N, N), distances to the loss's power.
        labels: (N,), from 0 on without a gap.
    """
    own, others = _sums(values, labels)
    sizes = torch.bincount(labels)[labels]
    positives, negatives = sizes - 1, len(labels) - sizes
    # Each negative of an anchor stands in as many triplets as the anchor has positives, and the reverse.
    return (others * positives - own * negatives).sum() / (positives * negatives).sum()


def worst_gap(values: Tensor, labels: Tensor) -> Tensor:
    """Return the least, over all anchors that have both, of the nearest negative less the farthest positive.

    No triplet costs anything if this is at least the margin.

    Args:
        values: (N, N), distances to the loss's power.
        labels: (N,), two of which are equal, and two of which are not.
    """
    positive, negative = pairs(labels)
    nearest = values.masked_fill(~negative, torch.inf).amin(1)
    farthest = values.masked_fill(~positive, -torch.inf).amax(1)
    return (nearest - farthest).amin()  # an anchor without one of them is infinitely far from being the least


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


def _sums(values: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return for every image the sum of its distances to its own class, and to all others: (N,) each."""
    to_classes = values @ one_hot(labels).to(values.dtype)
    own = to_classes.gather(1, labels[:, None])[:, 0]
    return own, to_classes.sum(1) - own
