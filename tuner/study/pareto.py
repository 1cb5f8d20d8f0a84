"""Fronts, places and hypervolumes: arrays in, arrays out; moocore computes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FEW = 32  # rows that numpy compares, each with each, sooner than moocore is called


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
    if len(losses) <= _FEW:
        nowhere_larger = (losses[:, None] <= losses).all(axis=2)
        somewhere_smaller = (losses[:, None] < losses).any(axis=2)
        front &= ~(nowhere_larger & somewhere_smaller).any(axis=0)
        return front
    comparable = ~np.isnan(losses).any(axis=1)
    if comparable.any():
        import moocore  # noqa: PLC0415 - most that read studies do without

        front[comparable] = moocore.is_nondominated(losses[comparable], keep_weakly=True)
    return front


def front_numbers(losses: Array) -> NDArray[np.int64]:
    """Return the front of each row of `(N, M)`: 1 for those no row dominates, 2 for those only they do, …

    There must be a row, and no NaN.
    """
    import moocore  # noqa: PLC0415

    return np.asarray(moocore.pareto_rank(losses), dtype=np.int64) + 1


def hypervolume(losses: Array, reference: Any) -> float:
    """Return the volume that the rows of `(N, M)` dominate below the reference point `(M,)`; 0 without rows.

    Rows that do not lie below the reference in every objective add nothing.
    """
    import moocore  # noqa: PLC0415

    inside = losses[(losses < np.asarray(reference)).all(axis=1)]
    return float(moocore.hypervolume(inside, ref=reference)) if len(inside) else 0.0


def places(losses: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the front of each row of `(N, M)` and its place among all, both from 1.

    The first front is what no row dominates, the second what only rows of the first dominate, and so on.
    Inside a front rows take their places as an epsilon-net adds them (Schmucker et al., "Multi-objective
    Asynchronous Successive Halving", 2021): first the best of the first objective, then always the row
    farthest from those before it. Distances are between ranks, so that no objective's unit or scale counts.
    """
    fronts = front_numbers(losses)
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in losses.T], axis=1)
    scaled = ranks / np.maximum(ranks.max(axis=0), 1)
    place = np.empty(len(losses), dtype=np.int64)
    taken = 0
    for number in range(1, fronts.max() + 1):
        members = np.flatnonzero(fronts == number)
        place[members[_epsilon_net(scaled[members])]] = taken + 1 + np.arange(len(members))
        taken += len(members)
    return fronts, place


def _epsilon_net(points: Array) -> list[int]:
    """Return the indices of points `(N, M)` in the order in which an epsilon-net adds them."""
    order = [int(np.lexsort(points.T[::-1])[0])]
    nearest = np.full(len(points), np.inf)
    while len(order) < len(points):
        nearest = np.minimum(nearest, ((points - points[order[-1]]) ** 2).sum(axis=1))
        nearest[order[-1]] = -1.0  # a point that is in is not the farthest, even from its equals
        order.append(int(nearest.argmax()))
    return order
