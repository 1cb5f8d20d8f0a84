"""The sum of all triplet hinges without looking at one triplet: by counting."""

import torch
from torch import Tensor

from trainers.losses.functional.closed_form import with_gradient


def batch_all(
    values: Tensor, positive: Tensor, negative: Tensor, margin: float, *, semihard: bool = False
) -> tuple[Tensor, Tensor]:
    """Return the sum of [v_ap − v_an + margin]₊ over all triplets, and how many of them are greater than 0.

    The sum is linear in every v while the set of active triplets stays the same, so it is enough to know in
    how many active triplets each pair stands. Sorting gives these counts in O(B² log B) time and O(B²)
    memory.

    Args:
        values: (B, B), what is compared: distances or squared distances.
        positive: (B, B) bool, the pairs anchor–positive.
        negative: (B, B) bool, the pairs anchor–negative.
        margin: greater than 0.
        semihard: whether only triplets with v_an > v_ap count.

    Returns:
        A scalar with a gradient, and an integer scalar. Both are 0 where there is no triplet.
    """
    fixed = values.detach()
    nearest, order = torch.where(negative, fixed, torch.inf).sort(dim=1)
    reach = torch.searchsorted(nearest, fixed + margin).mul_(positive)
    # Ranks instead of distances: the counts of both sides then speak of the same triplets, also where
    # rounding leaves one exactly on the border.
    as_positive, as_negative = reach, _reached(reach)
    if semihard:
        passed = torch.searchsorted(nearest, fixed, right=True).mul_(positive)
        passed = torch.minimum(passed, reach)  # a margin below the rounding error of v
        as_positive, as_negative = reach - passed, as_negative - _reached(passed)
    weights = as_positive - torch.zeros_like(as_positive).scatter_(1, order, as_negative)
    active, gradient = as_positive.sum(), weights.to(fixed.dtype)
    total = (gradient * fixed).sum() + margin * active.to(fixed.dtype)
    return with_gradient(total, values, gradient), active


def _reached(reach: Tensor) -> Tensor:
    """Return (B, B), for the negative of every rank r how many positives of the anchor reach past r."""
    size = len(reach)
    ending = reach.new_zeros((size, size + 1)).scatter_add_(1, reach, torch.ones_like(reach))
    return size - ending.cumsum(1)[:, :size]
