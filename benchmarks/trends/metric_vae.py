"""MetricVAE: a variational autoencoder with a learnt prior and the metric loss (Safir et al., SciPy 2022)."""

from __future__ import annotations

from typing import Any

from benchmarks.trends import mnist
from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, above, below

WEIGHTS = (0, 10)


def _config(weight: float, lsdim: int) -> dict[str, Any]:
    # L_U + weight · L_S, halved: what the optimizer makes of a loss does not depend on its scale.
    balance = {"alpha": 0.5, "supervised_scale": weight} if weight else {"alpha": 1.0}
    return {
        **mnist.NETWORK,
        "dataset": mnist.seen_classes(5),
        "lsdim": lsdim,
        "loss": {"name": "triplet", "margin": 1.0, "normalize": False, "reduction": "mean_active"},
        "unsupervised": {
            "name": "metric_vae",
            "pseudo_inputs": 50,
            "decoder": {"name": "convnet"},
            "batch_size": 128,
            **balance,
        },
        "batch": {"classes": 10, "per_class": 13, "steps_per_epoch": 320},
        "epochs": 3,
        "evaluation": {"probes": ["knn"], "reference": ["train"], "point": ["mean", "sample"]},
    }


def _claims(table: Table) -> list[Claim]:
    return [
        above(table, "weight 10, lsdim 2", "knn_accuracy_train", 0.93),
        below(table, "weight 0, lsdim 2", "knn_accuracy_train", 0.65),
    ]


trend = Trend(
    "MetricVAE, K = 50, beta = 1, all labels, by the metric loss' weight; MNIST, judged on 3,000 images",
    (
        "knn_accuracy_train",
        "knn_ami_train",
        "knn_accuracy_train_sample",
        "ami",
        "unsupervised_loss",
        "health",
    ),
    tuple(
        Row(f"weight {weight:g}, lsdim {lsdim}", _config(weight, lsdim))
        for lsdim in (2, 10)
        for weight in WEIGHTS
    ),
    _claims,
)
