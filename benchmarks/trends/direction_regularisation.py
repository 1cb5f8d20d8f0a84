"""Direction regularisation on classes that were never trained (Mohan et al., CVPR 2020); steps of proxies."""

from __future__ import annotations

from typing import Any

from benchmarks.trends import mnist
from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, always, beats

RATIOS = (0, 0.71, 1, 1.07, 1.43, 1.75)
TRAP_RATIOS = (0, 1, 1.75, 2)
WEIGHTS = (0, 0.1, 0.3, 0.5)
FACTORS = (1, 10, 30, 100)
PROXY_LOSSES = ("proxy_nca", "proxy_nca_pp")
COLUMNS = ("recall_at_1", "map_at_r", "active_ratio", "direction_cosine", "health")
SLOW = "; small steps, pixels in [0, 1]"


def _config(loss: dict[str, Any]) -> dict[str, Any]:
    return {
        **mnist.NETWORK,
        "dataset": mnist.unseen_classes(),
        "lsdim": 16,
        "loss": loss,
        "batch": {"classes": 6, "per_class": 16, "steps_per_epoch": 300},
        "epochs": 4,
    }


def _triplet(ratio: float) -> dict[str, Any]:
    return _config({"name": "triplet", "margin": 0.28, "reg_ratio": ratio})


def _slow(ratio: float) -> dict[str, Any]:
    """Return a training that starts with all embeddings close together, and leaves slowly."""
    config = _triplet(ratio)
    batch = {**config["batch"], "steps_per_epoch": 100}
    return {**config, "standardise": False, "optimizer": {"name": "adam", "lr": 3e-4}, "batch": batch}


def _triplet_claims(table: Table) -> list[Claim]:
    gains = [
        beats(table, f"ratio {ratio:g}", "ratio 0", metric, by=0.05)
        for ratio in (1, 1.07, 1.43)
        for metric in ("recall_at_1", "map_at_r")
    ]
    trapped = [always(table, f"ratio {ratio:g}{SLOW}", "equilateral") for ratio in (1.75, 2)]
    return [*gains, always(table, "ratio 1", "healthy"), always(table, f"ratio 1{SLOW}", "healthy"), *trapped]


def _proxy_claims(table: Table) -> list[Claim]:
    return [beats(table, "weight 0.3", "weight 0", metric) for metric in ("recall_at_1", "map_at_r")]


def _factor_claims(table: Table) -> list[Claim]:
    return [
        beats(table, f"{loss}, factor 100", f"{loss}, factor 1", metric, by=-0.03)
        for loss in PROXY_LOSSES
        for metric in ("recall_at_1", "map_at_r")
    ]


triplet = Trend(
    "Triplet loss, margin 0.28, by regularisation as a multiple of it; MNIST, trained on 0–5, judged on 6–9",
    COLUMNS,
    (
        *(Row(f"ratio {ratio:g}", _triplet(ratio)) for ratio in RATIOS),
        *(Row(f"ratio {ratio:g}{SLOW}", _slow(ratio)) for ratio in TRAP_RATIOS),
    ),
    _triplet_claims,
)

proxy_nca = Trend(
    "ProxyNCA by the weight of the regularisation; MNIST, trained on 0–5, judged on 6–9",
    COLUMNS,
    tuple(
        Row(f"weight {weight:g}", _config({"name": "proxy_nca", "reg_constant": weight}))
        for weight in WEIGHTS
    ),
    _proxy_claims,
)

proxy_lr_factor = Trend(
    "Proxies by the factor of their learning rate, at lr 1e-3; MNIST, trained on 0–5, judged on 6–9",
    COLUMNS[:2],
    tuple(
        Row(f"{loss}, factor {factor}", _config({"name": loss, "proxy_lr_factor": factor}))
        for loss in PROXY_LOSSES
        for factor in FACTORS
    ),
    _factor_claims,
)
