"""Triplet hinges with direction regularisation, some classes at a time."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.losses.functional.class_blocks import class_blocks

# Under this product of lengths a direction is undefined: it counts as perpendicular, and pulls nowhere.
SMALLEST_PRODUCT = 1e-6


@dataclass(frozen=True)
class _Block:
    """Hinges (c, k, k, n) of c classes of k members against n others, and their slopes by each distance."""

    hinges: Tensor
    by_ap: Tensor
    by_an: Tensor
    by_pn: Tensor


def direction_regularised(
    distances: Tensor, labels: Tensor, margin: float, direction_weight: float, power: int
) -> tuple[Tensor, Tensor]:
    """Return the sum of all [D_ap^power − D_an^power + margin − w·c_apn]₊, and how many exceed 0.

    c_apn is the cosine of the angle at the anchor between the ways to the negative and to the positive. By
    the law of cosines it needs the three distances only: no difference vectors and no list of triplets. Every
    triplet is computed once, and the gradient is written out, in closed form; memory is O(B² + k²·B) for
    classes of k members.

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
    for inside, outside in class_blocks(labels):
        near = (inside[:, :, None], inside[:, None, :])
        far = (inside[:, :, None], outside[:, None, :])
        block = _block(fixed[near], fixed[far], margin, direction_weight, power)
        total += block.hinges.sum()
        active += (block.hinges > 0).sum()
        gradient[near] += block.by_ap.sum(3)
        gradient[far] += block.by_an.sum(2) + block.by_pn.sum(1)
    linear = (distances * gradient).sum()  # has the gradient that was asked for; its value is taken out again
    return total + (linear - linear.detach()), active


def _block(near: Tensor, far: Tensor, margin: float, direction_weight: float, power: int) -> _Block:
    ap, an, pn = near[:, :, :, None], far[:, :, None, :], far[:, None, :, :]
    product = ap * an
    defined = product >= SMALLEST_PRODUCT
    product = product.masked_fill(~defined, 1)
    cosine = defined * (an.square() + ap.square() - pn.square()) / (2 * product)
    itself = torch.eye(near.shape[1], dtype=torch.bool, device=near.device)[:, :, None]
    hinges = (ap**power - an**power + margin - direction_weight * cosine).clamp(min=0).masked_fill(itself, 0)
    active = (hinges > 0).to(near.dtype)
    weight = direction_weight * active * defined / product
    return _Block(
        hinges=hinges,
        by_ap=active * power * ap ** (power - 1) - weight * (ap - cosine * an),
        by_an=-active * power * an ** (power - 1) - weight * (an - cosine * ap),
        by_pn=weight * pn,
    )
