"""Products and squared distances between two sets of points."""

import torch
from torch import Tensor


def similarities(rows: Tensor, columns: Tensor) -> Tensor:
    """Return the dot products (R, C) of points (R, D) and (C, D), at their own precision under autocast."""
    with torch.autocast(rows.device.type, enabled=False):
        return rows @ columns.T


def squared_distances(rows: Tensor, columns: Tensor) -> Tensor:
    """Return the squared distances (R, C), at least 0, between points (R, D) and (C, D)."""
    sums = rows.square().sum(1)[:, None] + columns.square().sum(1)[None, :]
    return (sums - 2 * similarities(rows, columns)).clamp(min=0)
