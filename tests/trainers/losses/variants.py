"""Every loss of the union, with its defaults and in the variants that take another path through its code."""

from typing import Any, get_args

import pytest

from trainers.losses import Loss

VARIANTS: dict[str, list[dict[str, Any]]] = {
    "triplet": [
        {"reg_ratio": 1.0},
        {"normalize": False, "power": 2, "reduction": "mean_active"},
        {"soft": True},
        {"mining": "semihard"},
        {"mining": "hard", "reduction": "mean_active"},
        {"mining": "hard", "soft": True},
        {"mining": "facenet"},
        {"mining": "random", "margin": 1.0},
        {"mining": "distance", "margin": 1.0},
        {"mining": "sampled", "margin": 1.0},
        {"mining": "sampled", "soft": True, "power": 2},
    ],
    "contrastive": [
        {"squared_hinge": True, "pos_margin": 0.1},
        {"power": 2, "reduction": "mean_active", "neg_margin": 3.0},
        {"normalize": False, "neg_margin": 2.0},
    ],
    "center": [{"normalize": True, "center_weight": 1.0}],
    "proxy_nca": [{"reg_constant": 0.3}],
    "multi_similarity": [{"reg_constant": 0.3}, {"epsilon": 2.0}],
    "pml": [
        {"loss": "ArcFaceLoss", "options": {"margin": 20.0, "scale": 16}, "proxy_lr_factor": 10.0},
        {"loss": "ProxyAnchorLoss", "proxy_lr_factor": 100.0},
        {"loss": "NTXentLoss", "options": {"temperature": 0.2}},
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


def by_position(spec: Any) -> bool:
    """Say whether the triplets are those the batch was drawn as; test_sampled.py has them."""
    return spec.name == "triplet" and spec.mining == "sampled"


def draws(spec: Any) -> bool:
    """Say whether the loss draws by position; test_mining.py has its probabilities."""
    return spec.name == "triplet" and spec.mining in ("random", "distance")


SPECS = _specs()
ORDERLESS = [param for param in SPECS if not (draws(param.values[0]) or by_position(param.values[0]))]


def chooses(spec: Any) -> bool:
    """Say whether an image may be left out: it is not mined, or none of its pairs is within a margin."""
    return (
        (spec.name == "triplet" and spec.mining != "all")
        or spec.name == "contrastive"
        or (spec.name == "multi_similarity" and spec.epsilon < 2)
    )
