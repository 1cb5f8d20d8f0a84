"""Every loss of the union, with its defaults and in the variants that take another path through its code."""

from typing import Any, get_args

import pytest

from tests.trainers.losses.miners.oracles import DRAWN
from trainers.losses import Loss
from trainers.losses.contract.mined import MinedLoss

VARIANTS: dict[str, list[dict[str, Any]]] = {
    "triplet": [
        {"reg_ratio": 1.0},
        {"normalize": False, "power": 2, "reduction": "mean_active"},
        {"soft": True},
        {"miner": {"name": "semihard"}},
        {"miner": {"name": "hard"}, "reduction": "mean_active"},
        {"miner": {"name": "hard"}, "soft": True},
        {"miner": {"name": "facenet"}},
        {"miner": {"name": "random"}, "margin": 1.0},
        {"miner": {"name": "distance"}, "margin": 1.0},
        {"miner": {"name": "sampled"}, "margin": 1.0},
        {"miner": {"name": "sampled"}, "soft": True, "power": 2},
    ],
    "contrastive": [
        {"squared_hinge": True, "pos_margin": 0.1},
        {"power": 2, "reduction": "mean_active", "neg_margin": 3.0},
        {"normalize": False, "neg_margin": 2.0},
        {"miner": {"name": "hard"}},
        {"miner": {"name": "facenet"}, "reduction": "mean_active", "neg_margin": 1.5},
        {"miner": {"name": "semihard", "margin": 0.5}, "power": 2, "squared_hinge": True, "neg_margin": 2.0},
        {"miner": {"name": "sampled"}},
        {"miner": {"name": "distance"}},
    ],
    "center": [{"normalize": True, "center_weight": 1.0}],
    "proxy_nca": [{"reg_constant": 0.3}],
    "multi_similarity": [
        {"reg_constant": 0.3},
        {"epsilon": 2.0},
        {"miner": {"name": "hard"}, "epsilon": 2.0},
        {"miner": {"name": "facenet"}, "reg_constant": 0.3},
    ],
    "supervised_contrastive": [
        {"miner": {"name": "semihard", "margin": 0.5}},
        {"miner": {"name": "facenet"}},
    ],
    "pml": [
        {"loss": "ArcFaceLoss", "options": {"margin": 20.0, "scale": 16}, "proxy_lr_factor": 10.0},
        {"loss": "ProxyAnchorLoss", "proxy_lr_factor": 100.0},
        {"loss": "NTXentLoss", "options": {"temperature": 0.2}},
        {"loss": "CircleLoss", "miner": {"name": "hard"}},
        {"loss": "ContrastiveLoss", "miner": {"name": "facenet"}},
    ],
}


def _specs() -> list[Any]:
    found = []
    for kind in get_args(get_args(Loss)[0]):
        name = kind.model_fields["name"].default
        for variant in ({}, *VARIANTS.get(name, [])):
            words = (f"{key}={value}" for key, value in variant.items() if key != "options")
            found.append(pytest.param(kind(**variant), id="-".join((name, *words))))
    return found


def miner_of(spec: Any) -> str:
    """Return the name of a loss's miner; of a loss that takes none, ``all``."""
    return str(spec.miner.name) if isinstance(spec, MinedLoss) else "all"


def by_position(spec: Any) -> bool:
    """Say whether the triplets are those the batch was drawn as; miners/test_sampled.py has them."""
    return miner_of(spec) == "sampled"


def draws(spec: Any) -> bool:
    """Say whether the loss draws by position; miners/test_draws.py has the probabilities."""
    return miner_of(spec) in DRAWN


SPECS = _specs()
ORDERLESS = [param for param in SPECS if not (draws(param.values[0]) or by_position(param.values[0]))]


def chooses(spec: Any) -> bool:
    """Say whether an image may be left out: it is not mined, or none of its pairs is within a margin."""
    return (
        miner_of(spec) != "all"
        or spec.name == "contrastive"
        or (spec.name == "multi_similarity" and spec.epsilon < 2)
    )
