"""Non-dominated sets and hypervolumes: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def as_losses(values: Sequence[Sequence[float]] | Array, directions: Sequence[str]) -> Array:
    """Return values `(N, M)` turned so that less is better in every column."""
    signs = np.array([-1.0 if direction == "maximize" else 1.0 for direction in directions])
    losses: Array = np.asarray(values, dtype=np.float64).reshape(-1, len(signs)) * signs
    return losses


def non_dominated(losses: Array) -> NDArray[np.bool_]:
    """Tell which rows of `(N, M)` no other row dominates; equal rows do not dominate each other.

    A row dominates another if it is nowhere larger and somewhere smaller. In the order of the columns a row
    can only be dominated by one before it, so the first row that is left is always one of the front, and
    takes out all that it dominates: O(N x front) comparisons, in a few calls of numpy for each of the front.
    A row with a NaN dominates nothing, and nothing dominates it.
    """
    front = np.zeros(len(losses), dtype=bool)
    left = np.lexsort(losses.T[::-1])
    while len(left):
        first, others = losses[left[0]], losses[left]
        equal = (others == first).all(axis=1)
        equal[0] = True  # also with a NaN, which equals nothing
        front[left[equal]] = True
        left = left[~equal & ~(first <= others).all(axis=1)]
    return front


def hypervolume(losses: Array, reference: Any) -> float:
    """Return the volume that the rows of `(N, M)` dominate below the reference point `(M,)`; 0 without rows.

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
