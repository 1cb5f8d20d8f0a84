"""A slow, obvious loop for every loss of the union; a new member needs one."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from tests.trainers.losses import (
    test_center,
    test_contrastive,
    test_multi_similarity,
    test_pml,
    test_proxy_nca,
    test_proxy_nca_pp,
    test_supervised_contrastive,
    test_triplet,
)
from tests.trainers.losses.miners import test_mined_triplets
from trainers.losses import TripletLoss

Oracle = Callable[[Any, Any, Tensor, Tensor], Tensor]


def _triplet(spec: TripletLoss, _module: Any, rows: Tensor, labels: Tensor) -> Tensor:
    plain = spec.miner.name == "all" and not spec.soft
    return (test_triplet.slow if plain else test_mined_triplets.slow)(spec, rows, labels)[0]


ORACLES: dict[str, Oracle] = {
    "triplet": _triplet,
    "contrastive": lambda spec, _, rows, labels: test_contrastive.slow(spec, rows, labels),
    "center": lambda spec, module, rows, labels: test_center.slow(spec, module, module.centers, rows, labels),
    "supervised_contrastive": lambda spec, _, rows, labels: test_supervised_contrastive.slow(
        spec, rows, labels
    ),
    "proxy_nca": lambda spec, module, rows, labels: test_proxy_nca.slow(
        spec.direction_weight, rows, module.proxies, labels
    ),
    "proxy_nca_pp": lambda spec, module, rows, labels: test_proxy_nca_pp.slow(
        spec.scale, rows, module.proxies, labels
    ),
    "multi_similarity": lambda spec, _, rows, labels: test_multi_similarity.slow(spec, rows, labels),
    "pml": test_pml.slow,
}
"""From spec, module, rows and labels to the loss; by the loss's name."""
