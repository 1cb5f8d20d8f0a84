"""Mean and 95 % confidence interval."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tuner.results.intervals import Interval


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=12))
def test_it_is_scipys_interval(values: list[int]) -> None:
    interval = Interval.of(values)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=interval.mean, scale=1)
    scale = np.std(values, ddof=1) / len(values) ** 0.5
    assert interval.mean == pytest.approx(sum(values) / len(values))
    assert interval.half_width == pytest.approx((high - low) / 2 * scale, abs=1e-9)


def test_one_measurement_says_nothing_of_its_spread() -> None:
    interval = Interval.of([0.5])
    assert interval == Interval(0.5, inf, 1)
    assert str(interval) == "0.5"


def test_it_is_shown_with_its_half_width() -> None:
    assert str(Interval.of([0.90, 0.92, 0.94])) == "0.92 ± 0.05"
