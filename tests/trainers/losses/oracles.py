"""A slow, obvious loop for every loss of the union; a new member needs one."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tests.trainers.losses import (
    test_center,
    test_contrastive,
    test_mining,
    test_multi_similarity,
    test_proxy_nca,
    test_proxy_nca_pp,
    test_sampled,
    test_supervised_contrastive,
    test_triplet,
)
from tests.trainers.losses.comparison import unit
from tests.trainers.losses.variants import by_position
from trainers.losses import TripletLoss

Oracle = Callable[[Any, Any, Tensor, Tensor], Tensor]


def _triplet(spec: TripletLoss, _module: Any, rows: Tensor, labels: Tensor) -> Tensor:
    if by_position(spec):
        return test_sampled.slow(spec, torch.stack(unit(rows)) if spec.normalize else rows, labels)[0]
    plain = spec.mining == "all" and not spec.soft
    return (test_triplet.slow if plain else test_mining.slow)(spec, rows, labels)[0]


ORACLES: dict[str, Oracle] = {
    "triplet": _triplet,
    "contrastive": lambda spec, _, rows, labels: test_contrastive.slow(spec, rows, labels),
    "center": lambda spec, module, rows, labels: test_center.slow(spec, module, module.centers, rows, labels),
    "supervised_contrastive": lambda spec, _, rows, labels: test_supervised_contrastive.slow(
        spec.temperature, rows, labels
    ),
    "proxy_nca": lambda spec, module, rows, labels: test_proxy_nca.slow(
        spec.reg_constant, rows, module.proxies, labels
    ),
    "proxy_nca_pp": lambda spec, module, rows, labels: test_proxy_nca_pp.slow(
        spec.scale, rows, module.proxies, labels
    ),
    "multi_similarity": lambda spec, _, rows, labels: test_multi_similarity.slow(spec, rows, labels),
    "pml": lambda _, module, rows, labels: module.inner(rows, labels),  # the library is its own oracle
}
"""From spec, module, rows and labels to the loss; by the loss's name."""
