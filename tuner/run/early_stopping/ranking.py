"""How trials with several objectives are ranked: by front, and inside a front by how far they lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tuner.study.pareto import Array, front_numbers


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
