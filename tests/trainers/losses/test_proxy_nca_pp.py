"""Proxy-NCA++ against a loop over images and proxies, and against another library."""

import pytest
import torch
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, known, random_rows, unit
from trainers.losses import ProxyNCAPlusPlusLoss


def slow(scale: float, embeddings: Tensor, proxies: Tensor, labels: Tensor) -> Tensor:
    rows, stands = unit(embeddings), unit(proxies)
    costs = []
    for i in known(labels):
        weights = [(-scale * (rows[i] - proxy).square().sum()).exp() for proxy in stands]
        costs.append(-(weights[int(labels[i])] / torch.stack(weights).sum()).log())
    return torch.stack(costs).mean()


@pytest.mark.parametrize("scale", [1.0, 9.0])
def test_equals_the_loop(scale: float) -> None:
    module = ProxyNCAPlusPlusLoss(scale=scale).build(class_count=5, lsdim=4).double()
    assert_same(
        lambda rows: module(rows, LABELS),
        lambda rows: slow(scale, rows, module.proxies, LABELS),
        random_rows(10),
        module.proxies,
    )


@pytest.mark.parametrize("scale", [1.0, 12.0])
def test_equals_pytorch_metric_learning(scale: float) -> None:
    from pytorch_metric_learning import losses

    module = ProxyNCAPlusPlusLoss(scale=scale).build(class_count=5, lsdim=4).double()
    peer = losses.ProxyNCALoss(num_classes=5, embedding_size=4, softmax_scale=scale).double()
    peer.proxies = module.proxies
    labels = torch.arange(12) % 5
    assert_same(
        lambda rows: module(rows, labels), lambda rows: peer(rows, labels), random_rows(12), module.proxies
    )


def test_proxies_want_larger_steps() -> None:
    assert ProxyNCAPlusPlusLoss(proxy_lr_factor=7).build(class_count=2, lsdim=2).lr_factor == 7
