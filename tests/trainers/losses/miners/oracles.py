"""A slow, obvious loop for every miner of the union that does not draw; a new member needs one."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from torch import Tensor

Triplet = tuple[int, int, int]
Loop = Callable[[Any, Callable[[int, int], float], Sequence[int]], list[Triplet]]
"""From a miner, the values that are compared, by two positions, and the labels, −1 where unknown."""


def _by_anchor(labels: Sequence[int]) -> list[tuple[int, list[int], list[int]]]:
    """Return each anchor that has both with its positives and its negatives."""
    known = [i for i, label in enumerate(labels) if label >= 0]
    groups = [
        (
            a,
            [i for i in known if i != a and labels[i] == labels[a]],
            [i for i in known if labels[i] != labels[a]],
        )
        for a in known
    ]
    return [group for group in groups if group[1] and group[2]]


def _every(_miner: Any, _value: Any, labels: Sequence[int]) -> list[Triplet]:
    return [(a, p, n) for a, ps, ns in _by_anchor(labels) for p, n in product(ps, ns)]


def _semihard(miner: Any, value: Any, labels: Sequence[int]) -> list[Triplet]:
    triplets = _every(miner, value, labels)
    return [(a, p, n) for a, p, n in triplets if 0 < value(a, n) - value(a, p) < miner.margin]


def _hard(_miner: Any, value: Any, labels: Sequence[int]) -> list[Triplet]:
    return [
        (a, max(ps, key=lambda p, a=a: value(a, p)), min(ns, key=lambda n, a=a: value(a, n)))
        for a, ps, ns in _by_anchor(labels)
    ]


def _facenet(_miner: Any, value: Any, labels: Sequence[int]) -> list[Triplet]:
    triplets = []
    for a, ps, ns in _by_anchor(labels):
        for p in ps:
            farther = [n for n in ns if value(a, n) > value(a, p)]
            choose, among = (min, farther) if farther else (max, ns)
            triplets.append((a, p, choose(among, key=lambda n, a=a: value(a, n))))
    return triplets


def _sampled(_miner: Any, _value: Any, labels: Sequence[int]) -> list[Triplet]:
    third = len(labels) // 3
    drawn = ((a, third + a, 2 * third + a) for a in range(third))
    return [
        (a, p, n)
        for a, p, n in drawn
        if min(labels[a], labels[n]) >= 0 and labels[a] == labels[p] and labels[a] != labels[n]
    ]


ORACLES: dict[str, Loop] = {
    "all": _every,
    "semihard": _semihard,
    "hard": _hard,
    "facenet": _facenet,
    "sampled": _sampled,
}
"""By the miner's name."""
DRAWN = ("random", "distance")
"""Those that draw; test_draws.py has their probabilities."""


def triplets_of(miner: Any, rows: Sequence[Tensor], labels: Tensor, power: int = 1) -> list[Triplet]:
    """Return the triplets that a miner chooses, by the positions of rows."""

    def value(i: int, j: int) -> float:
        return float((rows[i] - rows[j]).detach().norm() ** power)

    return ORACLES[miner.name](miner, value, labels.tolist())


def pairs_of(
    miner: Any, rows: Sequence[Tensor], labels: Tensor, power: int = 1
) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """Return how often a miner chooses each pair of one class, and each of two; ``all`` every pair once."""
    if miner.name == "all":
        known = [i for i, label in enumerate(labels.tolist()) if label >= 0]
        every = [(i, j) for i, j in product(known, repeat=2) if i != j]
        return (
            Counter((i, j) for i, j in every if labels[i] == labels[j]),
            Counter((i, j) for i, j in every if labels[i] != labels[j]),
        )
    triplets = triplets_of(miner, rows, labels, power)
    return Counter((a, p) for a, p, _ in triplets), Counter((a, n) for a, _, n in triplets)
