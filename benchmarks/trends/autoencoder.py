"""The autoencoder beside the metric loss, where labels are few (Safir et al., SciPy 2022)."""

from __future__ import annotations

from typing import Any

from benchmarks.trends import mnist
from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, above, beats

LABEL_PERCENTS = (0.01, 0.1, 10)
METHODS: dict[str, dict[str, Any]] = {
    "metric loss": {},
    "autoencoder": {"alpha": 1.0},
    "both": {"alpha": 0.5},
    "both, mean of squares": {"alpha": 0.5, "reduction": "mean"},
}
LEAST_AT_SIX_LABELS = 0.90


def _config(label_percent: float, method: dict[str, Any]) -> dict[str, Any]:
    latent = {"name": "reconstruction", "decoder": {"name": "convnet"}, "batch_size": 128, **method}
    return {
        **mnist.NETWORK,
        "dataset": mnist.seen_classes(5),
        "lsdim": 10,
        "label_percent": label_percent,
        "loss": {"name": "triplet", "margin": 1.0, "normalize": False, "reduction": "mean_active"},
        "unsupervised": latent if method else None,
        "batch": {"classes": 10, "per_class": 13, "steps_per_epoch": 960},
        "epochs": 1,
        "evaluation": {"probes": ["knn"], "reference": ["labelled", "train"]},
    }


def _name(method: str, label_percent: float) -> str:
    return f"{method}, {label_percent:g} % of labels"


def _claims(table: Table) -> list[Claim]:
    few = [
        beats(table, _name("both", percent), _name("metric loss", percent), "knn_accuracy_train")
        for percent in (0.01, 0.1)
    ]
    return [*few, above(table, _name("both", 0.01), "knn_accuracy_train", LEAST_AT_SIX_LABELS)]


trend = Trend(
    "Metric loss, autoencoder and both by labels, lsdim 10; MNIST, judged on 3,000 images",
    ("knn_accuracy_train", "knn_ami_train", "knn_accuracy_labelled", "recall_at_1", "ami"),
    tuple(
        Row(_name(method, percent), _config(percent, options))
        for percent in LABEL_PERCENTS
        for method, options in METHODS.items()
    ),
    _claims,
)
