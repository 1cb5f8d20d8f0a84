"""Proxy-NCA against a loop over images and proxies."""

import pytest
import torch
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, cosine, known, random_rows, unit
from trainers.losses import ProxyNCALoss


def slow(gamma: float, embeddings: Tensor, proxies: Tensor, labels: Tensor) -> Tensor:
    rows, stands = unit(embeddings), unit(proxies)
    costs = []
    for i in known(labels):
        own = stands[int(labels[i])]
        total = torch.zeros((), dtype=torch.float64)
        for c, proxy in enumerate(stands):
            if c != labels[i]:
                bend = gamma * cosine(rows[i], proxy, own) if gamma else 0
                total = total + (-(rows[i] - proxy).square().sum() - bend).exp()
        costs.append(-((-(rows[i] - own).square().sum()).exp() / total).log())
    return torch.stack(costs).mean()


@pytest.mark.parametrize("gamma", [0.0, 0.3])
def test_equals_the_loop(gamma: float) -> None:
    module = ProxyNCALoss(reg_constant=gamma).build(class_count=5, lsdim=4).double()
    assert_same(
        lambda rows: module(rows, LABELS),
        lambda rows: slow(gamma, rows, module.proxies, LABELS),
        random_rows(10),
        module.proxies,
    )


def test_an_image_on_its_proxy_has_no_direction() -> None:
    module = ProxyNCALoss(reg_constant=0.3).build(class_count=3, lsdim=4).double()
    rows = module.proxies.detach()[[0, 1]].clone().requires_grad_()
    module(rows, torch.tensor([0, 1])).loss.backward()
    assert rows.grad is not None
    assert rows.grad.isfinite().all()
    assert module.proxies.grad.isfinite().all()


def test_the_own_proxy_is_not_in_the_denominator() -> None:
    module = ProxyNCALoss().build(class_count=2, lsdim=2).double()
    with torch.no_grad():
        module.proxies.copy_(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]))
    row = torch.tensor([[3.0, 0.0]], dtype=torch.float64)
    assert module(row, torch.tensor([0])).loss.item() == pytest.approx(0 - 4)


def test_regularisation_rewards_proxies_on_one_side_of_the_image() -> None:
    # Seen from the image at (0, 1), the other proxy lies towards the own one, or at a right angle to it.
    def change(other: list[float]) -> float:
        losses = []
        for gamma in (0.5, 0.0):
            module = ProxyNCALoss(reg_constant=gamma).build(class_count=2, lsdim=2).double()
            with torch.no_grad():
                module.proxies.copy_(torch.tensor([[1.0, 0.0], other]))
            row = torch.tensor([[0.0, 1.0]], dtype=torch.float64)
            losses.append(module(row, torch.tensor([0])).loss.item())
        return losses[0] - losses[1]

    assert change([-1.0, 0.0]) == pytest.approx(0, abs=1e-12)
    assert change([0.6, -0.8]) < -0.1


def test_proxies_want_larger_steps() -> None:
    assert ProxyNCALoss(proxy_lr_factor=7).build(class_count=2, lsdim=2).lr_factor == 7
