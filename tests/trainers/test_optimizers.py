from typing import Any

import torch
from torch import nn

from trainers.optimizers import load_moments, moments


def steps(optimizer: torch.optim.Optimizer, weights: nn.Parameter, count: int) -> None:
    for _ in range(count):
        optimizer.zero_grad()
        (weights - 3).square().sum().backward()
        optimizer.step()


def test_walks_downhill_with_the_configured_step(optimizer_type: Any) -> None:
    weights = nn.Parameter(torch.zeros(4))
    optimizer = optimizer_type(lr=0.05).build([weights])
    steps(optimizer, weights, 1)
    torch.testing.assert_close(weights.detach(), torch.full((4,), 0.05), rtol=1e-4, atol=0)
    steps(optimizer, weights, 500)
    torch.testing.assert_close(weights.detach(), torch.full((4,), 3.0), rtol=1e-2, atol=0)


def test_moments_carry_the_memory_over(optimizer_type: Any) -> None:
    straight, stopped = nn.Parameter(torch.zeros(4)), nn.Parameter(torch.zeros(4))
    steps(optimizer_type().build([straight]), straight, 10)
    first = optimizer_type().build([stopped])
    steps(first, stopped, 5)
    second = optimizer_type().build([stopped])
    load_moments(second, moments(first))
    steps(second, stopped, 5)
    assert torch.equal(straight, stopped)


def test_an_optimizer_that_never_stepped_has_no_moments(optimizer_type: Any) -> None:
    assert moments(optimizer_type().build([nn.Parameter(torch.zeros(4))])) == {}
