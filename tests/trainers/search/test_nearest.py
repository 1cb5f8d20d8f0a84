"""The nearest neighbours against a slow loop, with faiss and without."""

from importlib.util import find_spec
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trainers.search.nearest import nearest

NEEDS_FAISS = pytest.mark.skipif(find_spec("faiss") is None, reason="faiss is not installed")


def oracle(gallery: torch.Tensor, query: torch.Tensor, count: int) -> list[tuple[float, int]]:
    pairs = [
        (sum((a - b) ** 2 for a, b in zip(point, query.tolist(), strict=True)) ** 0.5, position)
        for position, point in enumerate(gallery.tolist())
    ]
    return sorted(pairs)[:count]


def found(gallery: torch.Tensor, queries: torch.Tensor, count: int, *, faiss: bool) -> Any:
    return [
        (each.positions.tolist(), each.distances.tolist())
        for each in nearest(gallery, queries, count, faiss=faiss)
    ]


@pytest.mark.parametrize("faiss", [False, pytest.param(True, marks=NEEDS_FAISS)])
@pytest.mark.parametrize("count", [1, 5, 1000])
def test_they_are_those_of_a_slow_loop(count: int, faiss: bool) -> None:
    chance = torch.Generator().manual_seed(0)
    gallery, queries = torch.randn(60, 7, generator=chance), torch.randn(4, 7, generator=chance)
    answers = list(nearest(gallery, queries, count, faiss=faiss))
    assert len(answers) == 4
    for query, each in zip(queries, answers, strict=True):
        expected = oracle(gallery, query, count)
        assert each.positions.tolist() == [position for _, position in expected]
        assert each.distances.tolist() == pytest.approx([distance for distance, _ in expected])


@NEEDS_FAISS
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 200),
    copies=st.integers(1, 30),
    scale=st.sampled_from([1e-3, 1.0, 1e3]),
    offset=st.sampled_from([0.0, 1.0, 100.0]),
    count=st.integers(1, 20),
)
def test_faiss_changes_nothing(
    seed: int, size: int, copies: int, scale: float, offset: float, count: int
) -> None:
    chance = torch.Generator().manual_seed(seed)
    gallery = (torch.randn(size, 16, generator=chance) * scale + offset * scale).repeat(copies, 1)
    queries = torch.cat([gallery[:2], torch.randn(2, 16, generator=chance) * scale])
    assert found(gallery, queries, count, faiss=True) == found(gallery, queries, count, faiss=False)


def test_equally_near_ones_keep_their_order() -> None:
    gallery = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 0], [0, 1]])
    (each,) = nearest(gallery, torch.zeros(1, 2), 4, faiss=False)
    assert each.positions.tolist() == [3, 0, 1, 2]
    assert each.distances.tolist() == [0, 1, 1, 1]
