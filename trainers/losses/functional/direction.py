"""Triplet hinges with direction regularisation, some classes at a time."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.losses.functional.class_blocks import anchor_blocks, class_blocks
from trainers.losses.functional.closed_form import with_gradient

# Up to this product of lengths a direction is undefined: it counts as perpendicular, and pulls nowhere.
SMALLEST_PRODUCT = 1e-6


@dataclass(frozen=True)
class _Hinge:
    margin: float
    weight: float
    power: int


@dataclass(frozen=True)
class _Block:
    """The sum of some hinges, how many are active, and the sum's slopes by each distance."""

    total: Tensor
    active: Tensor
    by_ap: Tensor
    by_an: Tensor
    by_pn: Tensor


def direction_regularised(
    distances: Tensor, labels: Tensor, margin: float, direction_weight: float, power: int
) -> tuple[Tensor, Tensor]:
    """Return the sum of all [D_ap^power − D_an^power + margin − w·c_apn]₊, and how many exceed 0.

    c_apn is the cosine of the angle at the anchor between the ways to the negative and to the positive. By
    the law of cosines it needs the three distances only: no difference vectors and no list of triplets. Every
    triplet is computed once, and the gradient is written out, in closed form; memory is O(B²) and that of one
    block of triplets.

    Args:
        distances: (B, B), not squared.
        labels: (B,), each at least 0.
        margin: greater than 0.
        direction_weight: w, the weight of the cosine.
        power: 1 or 2, the exponent of the distances that are compared.

    Returns:
        A scalar with a gradient, and an integer scalar. Both are 0 where there is no triplet.
    """
    fixed = distances.detach()
    gradient = torch.zeros_like(fixed)
    total, active = fixed.new_zeros(()), labels.new_zeros(())
    hinge = _Hinge(margin, direction_weight, power)
    for positions, size in class_blocks(labels):
        pairs = positions[:, :size, None], positions[:, None, :]
        rows = fixed[pairs]
        slopes = torch.zeros_like(rows)
        near, far = rows[:, :, :size], rows[:, :, size:]
        by_near, by_far = slopes[:, :, :size], slopes[:, :, size:]
        itself = torch.eye(size, dtype=torch.bool, device=rows.device)
        for anchors in anchor_blocks(far):
            block = _block(near[:, anchors], far[:, anchors], far, itself[anchors], hinge)
            total += block.total
            active += block.active
            by_near[:, anchors] = block.by_ap
            by_far[:, anchors] += block.by_an
            by_far += block.by_pn
        gradient[pairs] = slopes
    return with_gradient(total, distances, gradient), active


def _block(ap: Tensor, an: Tensor, pn: Tensor, itself: Tensor, hinge: _Hinge) -> _Block:
    """Compute all triplets of some anchors a of c classes of k members, with n others each.

    With A = 1 where a hinge is active and else 0, the slopes of one hinge are

        by ap:  power·ap^(power − 1)·A − w·A·(ap·q − cosine/ap)
        by an: −power·an^(power − 1)·A − w·A·(an·q − cosine/an)
        by pn:  w·A·q·pn

    where q = 1 / (ap·an), or 0 where the direction is undefined, and cosine = (ap² + an² − pn²)·q / 2. What
    depends on two of the three images stands outside of the sum over the third, so only A, A·q and A·cosine
    are tensors of all triplets, and computed in place.

    Args:
        ap: (c, a, k); where it is from an anchor to itself there is no triplet.
        an: (c, a, n).
        pn: (c, k, n).
        itself: (a, k) bool, where the positive is the anchor.
        hinge: what is computed.
    """
    w, square = hinge.weight, hinge.power == 2
    product = torch.threshold_(ap[..., None] * an[:, :, None], SMALLEST_PRODUCT, torch.inf)
    ap_square, an_square = ap.square(), an.square()
    twice = (ap_square[..., None] + an_square[:, :, None]).sub_(pn.square()[:, None]).div_(product)
    near, far = (ap_square, an_square) if square else (ap, an)
    gaps = near.masked_fill(itself, -torch.inf)[..., None] - far[:, :, None]
    # In this order: where rows are equal, a hinge of 0 is exactly 0.
    hinges = gaps.sub_(twice, alpha=w / 2).add_(hinge.margin).clamp_(min=0)
    total = hinges.sum()
    active = hinges.gt_(0)
    q, twice = torch.div(active, product, out=product), twice.mul_(active)
    by_near, by_far = active.sum(3), -active.sum(2)
    count = by_near.sum(dtype=torch.int64)
    if square:
        by_near, by_far = 2 * ap * by_near, 2 * an * by_far
    # A length of 0 has no direction: it divides sums that are 0.
    by_near.addcmul_(ap, q.sum(3), value=-w).addcdiv_(twice.sum(3), ap.clamp(min=1e-18), value=w / 2)
    by_far.addcmul_(an, q.sum(2), value=-w).addcdiv_(twice.sum(2), an.clamp(min=1e-18), value=w / 2)
    return _Block(total, count, by_near, by_far, w * pn * q.sum(1))
