"""Clusters against the margin of the triplet loss (compare Musgrave et al., ECCV 2020)."""

from __future__ import annotations

from benchmarks.trends import mnist
from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, beats

MARGINS = (0.05, 0.1, 0.2, 0.5, 1.0)


def _row(margin: float) -> Row:
    config = {
        **mnist.NETWORK,
        "dataset": mnist.unseen_classes(),
        "lsdim": 16,
        "loss": {"name": "triplet", "margin": margin},
        "batch": {"classes": 6, "per_class": 16, "steps_per_epoch": 400},
        "epochs": 1,
    }
    return Row(f"margin {margin:g}", config)


def _claims(table: Table) -> list[Claim]:
    return [
        beats(table, "margin 0.1", "margin 1", "ari"),
        beats(table, "margin 0.1", "margin 1", "map_at_r"),
    ]


trend = Trend(
    "Triplet loss on the unit sphere by its margin; MNIST, trained on 0–5, judged on 6–9",
    ("ari", "ami", "recall_at_1", "map_at_r", "active_ratio", "health"),
    tuple(_row(margin) for margin in MARGINS),
    _claims,
)
