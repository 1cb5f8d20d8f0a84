"""Which triplets are kept where not all are: v_ap and v_an of each, from one matrix of distances."""

import torch
from torch import Tensor

# Distance-weighted sampling (Wu et al., ICCV 2017): nearer negatives count as this near, farther ones are
# left out; beyond √2 the density of a sphere falls again, and the weight would favour opposite points.
NEAREST, FARTHEST = 0.5, 1.4


def hardest(values: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
    """Return of each anchor its farthest positive and nearest negative, (T,) each: batch-hard.

    Anchors that lack either are left out. Among equals the gradient is shared.

    Args:
        values: (B, B), what is compared: distances or squared distances.
        positive: (B, B) bool, the pairs anchor–positive.
        negative: (B, B) bool, the pairs anchor–negative.
    """
    anchors = positive.any(1).logical_and(negative.any(1)).nonzero()[:, 0]
    if len(anchors) == 0:
        nothing = values[anchors, anchors]
        return nothing, nothing
    rows = values[anchors]
    return (
        rows.masked_fill(~positive[anchors], -torch.inf).amax(1),
        rows.masked_fill(~negative[anchors], torch.inf).amin(1),
    )


def paired(values: Tensor, positive: Tensor, negative: Tensor, partners: Tensor) -> tuple[Tensor, Tensor]:
    """Return v_ap and v_an, (T,) each, of every pair anchor–positive with the one negative chosen for it.

    Args:
        values: (B, B), what is compared.
        positive: (B, B) bool.
        negative: (B, B) bool; anchors without a negative are left out.
        partners: (B, B), the position of the negative of the pair (a, p).
    """
    kept = positive.logical_and(negative.any(1, keepdim=True))
    return values[kept], values.gather(1, partners)[kept]


def as_drawn(points: Tensor, labels: Tensor, *, squared: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Return v_ap and v_an, (B/3,) each, of the triplets that a batch was drawn as, and which of them count.

    A triplet counts, (B/3,) bool, if all of its labels are known, and say of its positive and negative that
    they are. Where two points are equal their distance is 0 and has no gradient.

    Args:
        points: (B, D), anchors, then their positives, then their negatives, in the same order.
        labels: (B,), -1 where unknown.
        squared: whether to return squared distances.

    Raises:
        ValueError: B is not divisible by three.
    """
    if len(points) % 3:
        raise ValueError(
            f"mining: sampled wants a batch of anchors, their positives and their negatives; {len(points)} "
            f"images cannot be parted in three; draw them with batch: {{name: triplets}}"
        )
    anchors, positives, negatives = points.chunk(3) if len(points) else (points,) * 3
    a, p, n = labels.view(3, -1)
    near, far = (_distances(anchors, others, squared=squared) for others in (positives, negatives))
    return near, far, (a == p).logical_and(a != n).logical_and((a >= 0) & (n >= 0))


def _distances(one: Tensor, other: Tensor, *, squared: bool) -> Tensor:
    """Return the distance of each row to the row of the same number, (N,), of tensors (N, D)."""
    values = (one - other).square().sum(1)
    if squared:
        return values
    zero = values.detach() == 0
    return values.masked_fill(zero, 1).sqrt().masked_fill(zero, 0)  # the root's slope at 0 is infinite


@torch.no_grad()
def next_farther(values: Tensor, negative: Tensor) -> Tensor:
    """Return (B, B), for every pair (a, p) the nearest negative that is farther than p, else the farthest.

    The semi-hard negative of Schroff et al., CVPR 2015. Positions mean nothing where a has no negative.
    """
    nearest, order = values.masked_fill(~negative, torch.inf).sort(dim=1)
    rank = torch.searchsorted(nearest, values.contiguous(), right=True)
    last = negative.sum(1, keepdim=True) - 1
    return order.gather(1, torch.minimum(rank, last).clamp(min=0))


@torch.no_grad()
def drawn_evenly(negative: Tensor) -> Tensor:
    """Return (B, B), for every pair (a, p) a negative of a, each as likely as another."""
    return _draw(negative.double())


@torch.no_grad()
def drawn_by_distance(distances: Tensor, negative: Tensor, dimension: int) -> Tensor:
    """Return (B, B), for every pair (a, p) a negative of a, drawn so that all distances are alike likely.

    On the unit sphere of R^d distances crowd around √2; a negative's weight is one over their density,
    D^(2−d) (1 − D²/4)^((3−d)/2) with D of at least 0.5, and 0 beyond 1.4. If all of an anchor's negatives lie
    beyond, each is as likely as another.

    Args:
        distances: (B, B), not squared, of points on the unit sphere.
        negative: (B, B) bool.
        dimension: d, at least 1.
    """
    near = negative.logical_and(distances <= FARTHEST)
    eligible = torch.where(near.any(1, keepdim=True), near, negative)
    clipped = distances.double().clamp(NEAREST, FARTHEST)
    logarithm = (2 - dimension) * clipped.log() + (3 - dimension) / 2 * (1 - clipped.square() / 4).log()
    return _draw(torch.softmax(logarithm.masked_fill(~eligible, -torch.inf), 1).nan_to_num(0))


def _draw(weights: Tensor) -> Tensor:
    """Return (B, B), B positions a row, drawn by the row's weights, from torch's global generator.

    The trainer seeds that generator in every epoch, so a resumed training draws the same.
    """
    sums = weights.cumsum(1)
    chance = torch.rand(weights.shape, dtype=weights.dtype, device=weights.device)
    positions = torch.searchsorted(sums, chance * sums[:, -1:], right=True)
    return positions.clamp(max=len(weights) - 1)
