"""Fronts and the places inside them, against slow, obvious counterparts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tuner.study.pareto import places

points = st.integers(2, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 5), min_size=width, max_size=width), min_size=1, max_size=12
    )
)


def peeled(losses: np.ndarray) -> list[int]:
    """The front of each row, by taking one front after another away."""
    fronts = [0] * len(losses)
    number = 0
    while 0 in fronts:
        number += 1
        left = [index for index, front in enumerate(fronts) if not front]
        for index in left:
            others = losses[[other for other in left if other != index]]
            dominated = (others <= losses[index]).all(axis=1) & (others < losses[index]).any(axis=1)
            fronts[index] = 0 if dominated.any() else -number
        fronts = [abs(front) for front in fronts]
    return fronts


@given(points)
def test_fronts_are_taken_away_one_after_another(rows: list[list[int]]) -> None:
    losses = np.array(rows, dtype=float)
    fronts, place = places(losses)
    assert fronts.tolist() == peeled(losses)
    assert sorted(place.tolist()) == list(range(1, len(rows) + 1))
    by_place = fronts[np.argsort(place)]
    assert (np.diff(by_place) >= 0).all()


@given(points)
def test_only_the_order_of_an_objectives_values_counts(rows: list[list[int]]) -> None:
    losses = np.array(rows, dtype=float)
    stretched = np.exp(losses) * np.array([1.0, 1e-6, 1e6])[: losses.shape[1]]
    assert places(losses)[1].tolist() == places(stretched)[1].tolist()


def test_inside_a_front_the_farthest_comes_next() -> None:
    losses = np.array([[0, 4], [1, 3], [2, 2], [3, 1], [4, 0]], dtype=float)
    _, place = places(losses)
    assert place.tolist() == [1, 4, 3, 5, 2]  # the two ends, the middle, what is left


def test_equal_rows_share_a_front_but_no_place() -> None:
    fronts, place = places(np.array([[1.0, 1.0], [0.0, 2.0], [1.0, 1.0]]))
    assert fronts.tolist() == [1, 1, 1]
    assert place.tolist() == [2, 1, 3]
