"""How far plain triplet training comes, by dimensions and share of labels, beside what costs no training."""

from __future__ import annotations

from typing import Any

from benchmarks.trends import mnist
from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, above

STEPS = {100: 1500, 10: 1200}
# What a good implementation reaches, less two points: accuracy of the 5 nearest neighbours.
LEAST = {(100, 2): 0.949, (100, 4): 0.964, (100, 10): 0.967, (10, 2): 0.926, (10, 4): 0.956, (10, 10): 0.959}
BASELINE_DIMENSIONS = 10


def _config(label_percent: int, lsdim: int) -> dict[str, Any]:
    return {
        **mnist.NETWORK,
        "dataset": mnist.seen_classes(10),
        "lsdim": lsdim,
        "label_percent": label_percent,
        "loss": {"name": "triplet", "margin": 1.0, "normalize": False, "reduction": "mean_active"},
        "batch": {"classes": 10, "per_class": 13, "steps_per_epoch": STEPS[label_percent]},
        "epochs": 1,
        "evaluation": {"probes": ["knn"], "reference": ["labelled", "train"]},
    }


def _name(label_percent: int, lsdim: int) -> str:
    return f"{label_percent} % of labels, lsdim {lsdim}"


def _claims(table: Table) -> list[Claim]:
    return [above(table, _name(*case), "knn_accuracy_train", least) for case, least in LEAST.items()]


trend = Trend(
    "Triplet loss by labels and dimensions; MNIST, judged on 6,000 images",
    ("knn_accuracy_train", "knn_ami_train", "knn_accuracy_labelled", "recall_at_1", "ami", "ari"),
    (
        *(Row(_name(*case), _config(*case)) for case in LEAST),
        Row("untrained network, lsdim 10", _config(100, BASELINE_DIMENSIONS), "untrained"),
        Row("raw pixels", _config(100, BASELINE_DIMENSIONS), "raw_pixels"),
    ),
    _claims,
)
