"""Fronts and hypervolumes: arrays in, arrays out; moocore computes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import moocore
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

    A row dominates another if it is nowhere larger and somewhere smaller. A row with a NaN dominates nothing,
    and nothing dominates it.
    """
    front = np.ones(len(losses), dtype=bool)
    comparable = ~np.isnan(losses).any(axis=1)
    if comparable.any():
        front[comparable] = moocore.is_nondominated(losses[comparable], keep_weakly=True)
    return front


def front_numbers(losses: Array) -> NDArray[np.int64]:
    """Return the front of each row of `(N, M)`: 1 for those no row dominates, 2 for those only they do, …

    There must be a row, and no NaN.
    """
    return np.asarray(moocore.pareto_rank(losses), dtype=np.int64) + 1


def hypervolume(losses: Array, reference: Any) -> float:
    """Return the volume that the rows of `(N, M)` dominate below the reference point `(M,)`; 0 without rows.

    Rows that do not lie below the reference in every objective add nothing.
    """
    inside = losses[(losses < np.asarray(reference)).all(axis=1)]
    return float(moocore.hypervolume(inside, ref=reference)) if len(inside) else 0.0
