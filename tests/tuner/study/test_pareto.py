"""Fronts and volumes against slow, obvious counterparts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuner.study.pareto import as_losses, hypervolume, non_dominated

points = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 5), min_size=width, max_size=width), min_size=1, max_size=12
    )
)


def dominates(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one <= other).all() and (one < other).any())


@given(points, st.integers(1, 4))  # few rows and many are compared in ways of their own
def test_a_row_is_kept_unless_another_dominates_it(rows: list[list[int]], times: int) -> None:
    losses = np.array(rows * times, dtype=float)
    expected = [not any(dominates(other, row) for other in losses) for row in losses]
    assert non_dominated(losses).tolist() == expected


@given(points)
def test_volume_is_the_number_of_dominated_unit_cells(rows: list[list[int]]) -> None:
    losses = np.array(rows, dtype=float)
    width = losses.shape[1]
    cells = np.stack(np.meshgrid(*[np.arange(6)] * width, indexing="ij"), axis=-1).reshape(-1, width)
    dominated = sum(any((row <= cell).all() for row in losses) for cell in cells)
    assert hypervolume(losses, np.full(width, 6.0)) == pytest.approx(dominated)


def test_rows_beyond_the_reference_add_nothing() -> None:
    assert hypervolume(np.array([[2.0, 0.0], [0.0, 2.0]]), [1.0, 1.0]) == 0.0
    assert hypervolume(np.empty((0, 2)), [1.0, 1.0]) == 0.0


def test_equal_rows_stay_together() -> None:
    assert non_dominated(np.array([[1.0, 1.0], [1.0, 1.0], [2.0, 1.0]])).tolist() == [True, True, False]
    assert non_dominated(np.empty((0, 3))).tolist() == []


def test_a_row_with_a_nan_stands_apart() -> None:
    rows = np.array([[np.nan, 0.0], [1.0, 1.0], [2.0, 2.0], [np.nan, 9.0]])
    assert non_dominated(rows).tolist() == [True, True, False, True]
    many = np.vstack([rows] * 20)
    assert non_dominated(many).tolist() == [True, True, False, True] * 20


def test_losses_turn_what_is_maximized() -> None:
    assert as_losses([[1.0, 2.0]], ["maximize", "minimize"]).tolist() == [[-1.0, 2.0]]
    assert as_losses([], ["maximize", "minimize"]).shape == (0, 2)
