"""Agreement of partitions beside scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

from trainers.evaluation.agreement import BLOCK, Contingency

PARTS = st.integers(0, 6)


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    size = draw(st.integers(1, 60))
    lists = st.lists(PARTS, min_size=size, max_size=size)
    return draw(lists), draw(lists)


def compare(first: list[int], second: list[int]) -> None:
    table = Contingency.of(np.array(first), np.array(second))
    assert table.adjusted_rand() == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)
    assert table.normalised_mutual_information() == pytest.approx(
        normalized_mutual_info_score(first, second), abs=1e-9
    )
    # Of equal partitions of single points scikit-learn divides two rounding errors.
    expected = 1.0 if table.is_equality else adjusted_mutual_info_score(first, second)
    assert table.adjusted_mutual_information() == pytest.approx(expected, abs=1e-9)


@given(partitions())
def test_it_is_scikit_learns(pair: tuple[list[int], list[int]]) -> None:
    compare(*pair)


@pytest.mark.parametrize("parts", [(1, 1), (1, 50), (50, 50), (3, 40)])
def test_single_points_and_one_part_are_scikit_learns_too(parts: tuple[int, int]) -> None:
    first, second = (np.arange(50) % each for each in parts)
    compare(first.tolist(), second.tolist())


def test_many_parts_are_summed_in_blocks() -> None:
    chance = np.random.default_rng(0)
    first, second = chance.zipf(1.5, 6000) % 900, chance.zipf(1.4, 6000) % 700
    pairs = len(np.unique(np.bincount(first))) * len(np.unique(np.bincount(second)))
    assert pairs * np.bincount(first).max() > BLOCK
    compare(first.tolist(), second.tolist())
