"""The losses that are compared, each with pytorch-metric-learning's own class for the same thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, normalize

from trainers.losses import (
    ContrastiveLoss,
    MultiSimilarityLoss,
    ProxyNCAPlusPlusLoss,
    SupervisedContrastiveLoss,
    TripletLoss,
)
from trainers.losses.contract.spec import LossSpec
from trainers.losses.miners import HardMiner, SemihardMiner

Compute = Callable[[Tensor, Tensor], Any]
MARGIN = 0.2
LISTED = 20e6  # triplets that fit into memory as three positions each
AS_VECTORS = 1e6  # and as three points each


@dataclass(frozen=True)
class Peer:
    """One loss of this project, and another's computation of the same.

    Attributes:
        spec: ours.
        theirs: makes theirs, given the module of ours, whose parameters it shares.
        most_triplets: of how many a batch may have, since theirs makes a list of them.
    """

    spec: LossSpec
    theirs: Callable[[nn.Module], Compute]
    most_triplets: float = inf


def _every_triplet(_ours: nn.Module) -> Compute:
    from pytorch_metric_learning import losses, reducers  # noqa: PLC0415 - no part of ours

    made: Compute = losses.TripletMarginLoss(MARGIN, reducer=reducers.MeanReducer())
    return made


def _soft_triplets(_ours: nn.Module) -> Compute:
    from pytorch_metric_learning import losses, reducers  # noqa: PLC0415

    made: Compute = losses.TripletMarginLoss(0, smooth_loss=True, reducer=reducers.MeanReducer())
    return made


def _semihard_triplets(_ours: nn.Module) -> Compute:
    from pytorch_metric_learning import losses, miners  # noqa: PLC0415

    miner = miners.TripletMarginMiner(MARGIN, type_of_triplets="semihard")
    return _mined(losses.TripletMarginLoss(MARGIN), miner)


def _hard_triplets(ours: nn.Module) -> Compute:
    from pytorch_metric_learning import miners  # noqa: PLC0415

    return _mined(_every_triplet(ours), miners.BatchHardMiner())


def _contrastive(_ours: nn.Module) -> Compute:
    from pytorch_metric_learning import losses  # noqa: PLC0415

    made: Compute = losses.ContrastiveLoss()
    return made


def _multi_similarity(_ours: nn.Module) -> Compute:
    from pytorch_metric_learning import losses, miners  # noqa: PLC0415

    return _mined(losses.MultiSimilarityLoss(), miners.MultiSimilarityMiner())


def _supervised_contrastive(_ours: nn.Module) -> Compute:
    from pytorch_metric_learning import losses  # noqa: PLC0415

    made: Compute = losses.SupConLoss()
    return made


def _proxies(ours: nn.Module) -> Compute:
    from pytorch_metric_learning import losses  # noqa: PLC0415

    proxies: Any = ours.proxies
    theirs = losses.ProxyNCALoss(*proxies.shape, softmax_scale=9)
    theirs.proxies = proxies
    made: Compute = theirs
    return made


def _mined(loss: Any, miner: Any) -> Compute:
    return lambda points, labels: loss(points, labels, miner(points.detach(), labels))


def _direction(_ours: nn.Module) -> Compute:
    """Return the loss of Mohan et al. as a list of all triplets, and the vectors of each."""
    from pytorch_metric_learning.utils.loss_and_miner_utils import get_all_triplets_indices  # noqa: PLC0415

    def compute(points: Tensor, labels: Tensor) -> Tensor:
        rows = normalize(points)
        anchors, positives, negatives = (rows[each] for each in get_all_triplets_indices(labels))
        to_positives, to_negatives = positives - anchors, negatives - anchors
        cosines = cosine_similarity(to_negatives, to_positives)
        gaps = to_positives.norm(dim=1) - to_negatives.norm(dim=1)
        return torch.relu(gaps + MARGIN - MARGIN * cosines).mean()

    return compute


PEERS = {
    "batch-all triplets": Peer(TripletLoss(margin=MARGIN), _every_triplet, LISTED),
    "semihard triplets": Peer(TripletLoss(margin=MARGIN, miner=SemihardMiner()), _semihard_triplets, LISTED),
    "soft triplets": Peer(TripletLoss(soft=True), _soft_triplets, LISTED),
    "direction-regularised triplets": Peer(TripletLoss(margin=MARGIN, reg_ratio=1.0), _direction, AS_VECTORS),
    "hard triplets": Peer(TripletLoss(margin=MARGIN, miner=HardMiner()), _hard_triplets),
    "contrastive": Peer(ContrastiveLoss(neg_margin=1.0, reduction="mean_active"), _contrastive),
    "multi-similarity": Peer(MultiSimilarityLoss(), _multi_similarity),
    "supervised contrastive": Peer(SupervisedContrastiveLoss(), _supervised_contrastive),
    "Proxy-NCA++": Peer(ProxyNCAPlusPlusLoss(), _proxies),
}
