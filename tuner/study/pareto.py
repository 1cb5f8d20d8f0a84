"""Non-dominated sets and hypervolumes: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def as_losses(values: Sequence[Sequence[float]], directions: Sequence[str]) -> Array:
    """Values `(N, M)` turned so that less is better in every column."""
    signs = np.array([-1.0 if direction == "maximize" else 1.0 for direction in directions])
    losses: Array = np.asarray(values, dtype=np.float64).reshape(-1, len(signs)) * signs
    return losses


def non_dominated(losses: Array) -> NDArray[np.bool_]:
    """Which rows of `(N, M)` no other row dominates; equal rows do not dominate each other.

    A row dominates another if it is nowhere larger and somewhere smaller. Sorting by the columns first
    means that a row can only be dominated by one before it, so each is compared with the front so far:
    O(N x front) comparisons.
    """
    kept = np.zeros(len(losses), dtype=bool)
    front: Array = np.empty((0, losses.shape[1]))
    for index in np.lexsort(losses.T[::-1]):
        row = losses[index]
        dominators = (front <= row).all(axis=1) & (front < row).any(axis=1)
        if not dominators.any():
            kept[index] = True
            front = np.vstack([front, row])
    return kept


def hypervolume(losses: Array, reference: Any) -> float:
    """The volume that the rows of `(N, M)` dominate below the reference point `(M,)`; 0 without rows.

    Exact, by slicing along the last objective: quick for fronts of some hundred points in up to four
    objectives. Rows that do not lie below the reference in every objective add nothing.
    """
    reference = np.asarray(reference, dtype=np.float64)
    inside = losses[(losses < reference).all(axis=1)]
    if not len(inside):
        return 0.0
    return _volume(inside[non_dominated(inside)], reference)


def _volume(losses: Array, reference: Array) -> float:
    if losses.shape[1] == 1:
        return float(reference[0] - losses[:, 0].min())
    order = losses[np.argsort(losses[:, -1], kind="stable")]
    heights = np.diff(np.append(order[:, -1], reference[-1]))
    slices = (hypervolume(order[: k + 1, :-1], reference[:-1]) for k in range(len(order)))
    return float(sum(height * area for height, area in zip(heights, slices, strict=True) if height > 0))
