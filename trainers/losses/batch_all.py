"""The sum of all triplet hinges without looking at one triplet: by counting."""

import torch
from torch import Tensor


def batch_all(values: Tensor, positive: Tensor, negative: Tensor, margin: float) -> tuple[Tensor, Tensor]:
    """Return the sum of [v_ap − v_an + margin]₊ over all triplets, and how many of them are greater than 0.

    The sum is linear in every v while the set of active triplets stays the same, so it is enough to know in
    how many active triplets each pair stands. Sorting gives these counts in O(B² log B) time and O(B²)
    memory.

    Args:
        values: (B, B), what is compared: distances or squared distances.
        positive: (B, B) bool, the pairs anchor–positive.
        negative: (B, B) bool, the pairs anchor–negative.
        margin: greater than 0.

    Returns:
        A scalar with a gradient, and an integer scalar. Both are 0 where there is no triplet.
    """
    with torch.no_grad():
        nearest, order = values.masked_fill(~negative, torch.inf).sort(dim=1)
        as_positive = torch.searchsorted(nearest, values + margin) * positive
        # The negative of rank r is active with the positives that reach past r. Ranks instead of distances:
        # both counts then speak of the same triplets, also where rounding leaves one exactly on the border.
        reach = as_positive.sort(dim=1).values
        ranks = torch.arange(len(values), device=values.device).expand_as(reach).contiguous()
        as_negative = len(values) - torch.searchsorted(reach, ranks, right=True)
        weights = as_positive - torch.zeros_like(as_positive).scatter(1, order, as_negative)
        active = as_positive.sum()
    return (weights * values).sum() + margin * active.to(values.dtype), active
