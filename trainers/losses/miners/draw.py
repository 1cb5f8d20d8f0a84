"""Chance for miners that draw."""

import torch
from torch import Tensor


def draw(weights: Tensor) -> Tensor:
    """Return (B, B), B positions a row, drawn by the row's weights, from torch's global generator.

    Args:
        weights: (B, B) float64, at least 0; rows need not add up to 1.
    """
    sums = weights.cumsum(1)
    chance = torch.rand(weights.shape, dtype=weights.dtype, device=weights.device)
    positions = torch.searchsorted(sums, chance * sums[:, -1:], right=True)
    return positions.clamp(max=len(weights) - 1)
