"""Two computations of one loss, compared in float64: values and gradients."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.testing import assert_close

from trainers.losses import LossValue

LABELS = torch.tensor([0, 0, 0, 1, 1, 2, 3, -1, 3, 0])  # class 2 is a singleton, one image has no label


def random_rows(count: int, seed: int = 0, dimensions: int = 4) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(count, dimensions, dtype=torch.float64, generator=chance)


def unit(rows: Tensor) -> list[Tensor]:
    return [row / row.norm().clamp(min=1e-12) for row in rows]


def known(labels: Tensor) -> list[int]:
    return [index for index, label in enumerate(labels.tolist()) if label >= 0]


def cosine(anchor: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """Return the cosine of the angle at the anchor, from difference vectors."""
    first, second = one - anchor, other - anchor
    return first @ second / (first.norm() * second.norm())


def assert_same(
    fast: Callable[[Tensor], LossValue | Tensor], slow: Callable[[Tensor], Tensor], *leaves: Tensor
) -> None:
    """Compare values, and gradients by the first leaf and by all others that both are given to see.

    Args:
        fast: the loss of the first leaf.
        slow: the same, another way.
        leaves: the rows, then parameters that both computations share.
    """
    found = []
    for compute in (fast, slow):
        for leaf in leaves:
            leaf.requires_grad_().grad = None
        value = compute(leaves[0])
        loss = value.loss if isinstance(value, LossValue) else value
        loss.backward()
        found.append((loss.detach(), [leaf.grad for leaf in leaves]))
    (value, gradients), (expected, expected_gradients) = found
    assert_close(value, expected, rtol=1e-8, atol=1e-8)
    for gradient, wanted in zip(gradients, expected_gradients, strict=True):
        assert_close(gradient, wanted, rtol=1e-8, atol=1e-8)
