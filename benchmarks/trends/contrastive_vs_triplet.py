"""How contrastive and triplet loss learn: activity, gradients, variances, on clusters with wrong labels."""

from __future__ import annotations

from typing import Any

from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, beats

LOSSES: dict[str, dict[str, Any]] = {
    "contrastive": {"name": "contrastive", "neg_margin": 0.5, "squared_hinge": True, "power": 1},
    "triplet": {"name": "triplet", "margin": 0.2},
    "triplet, batch-hard": {"name": "triplet", "margin": 0.2, "miner": {"name": "hard"}},
}


SYNTHETIC: dict[str, Any] = {
    "dataset": {
        "name": "synthetic",
        "n_classes": 10,
        "samples_per_class": 200,
        "mode_spread": 1.4,
        "overlap_prob": 0.1,
        "outlier_frac": 0.05,
    },
    "backbone": {"name": "mlp", "hidden": [256]},
    "batch": {"classes": 8, "per_class": 8},
    "optimizer": {"name": "adam", "lr": 1e-4},
    "epochs": 20,
}
CIFAR10: dict[str, Any] = {
    "dataset": {"name": "image_folder", "root": "cifar10-subset/train", "image_size": 32},
    "backbone": {"name": "convnet", "channels": [32, 64, 128], "hidden": 256},
    "batch": {"classes": 10, "per_class": 12},
    "optimizer": {"name": "adam", "lr": 3e-4},
    "epochs": 20,
}


def _trend(title: str, config: dict[str, Any]) -> Trend:
    columns = (
        "recall_at_1",
        "map_at_r",
        "active_ratio",
        "embedding_gradient_norm",
        "parameter_gradient_norm",
        "intra_class_variance",
        "inter_class_distance",
    )
    rows = (Row(name, {**config, "lsdim": 128, "loss": loss}) for name, loss in LOSSES.items())
    return Trend(title, columns, tuple(rows), _claims)


def _claims(table: Table) -> list[Claim]:
    return [
        beats(table, "triplet", "contrastive", "intra_class_variance"),
        beats(table, "contrastive", "triplet", "active_ratio"),
    ]


synthetic = _trend(
    "Contrastive and triplet loss after 20 epochs; synthetic clusters, a tenth of the labels wrong", SYNTHETIC
)
cifar10 = _trend("Contrastive and triplet loss after 20 epochs; 5,000 images of CIFAR-10", CIFAR10)
