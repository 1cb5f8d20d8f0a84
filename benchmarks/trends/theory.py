"""The theory of margins: which can be met on a sphere, what zero loss needs, and how training collapses.

Ten classes on a circle can meet a margin of 2 sin(π/10) = 0.618 at most, all triplets at once.
"""

from __future__ import annotations

from typing import Any

from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, above, always, below

SEPARABLE = {"name": "synthetic", "n_classes": 10, "mode_spread": 0.1, "overlap_prob": 0, "outlier_frac": 0}


def _config(**changes: Any) -> dict[str, Any]:
    config = {
        "dataset": SEPARABLE,
        "backbone": {"name": "mlp", "hidden": [256]},
        "lsdim": 2,
        "batch": {"classes": 10, "per_class": 8},
        "optimizer": {"name": "adam", "lr": 1e-3},
        "epochs": 30,
    }
    return {**config, **changes}


def _triplet(margin: float, **changes: Any) -> dict[str, Any]:
    return {"name": "triplet", "margin": margin, **changes}


HARDEST = _config(
    dataset={"name": "digits"},
    loss=_triplet(0.28, miner={"name": "hard"}),
    batch={"classes": 8, "per_class": 4, "steps_per_epoch": 20},
    optimizer={"name": "adam", "lr": 0.01},
    epochs=6,
)
ROWS = {
    "margin 0.3": _config(loss=_triplet(0.3)),
    "margin 0.5": _config(loss=_triplet(0.5)),
    "margin 0.8": _config(loss=_triplet(0.8)),
    "margin 0.8, lsdim 9": _config(loss=_triplet(0.8), lsdim=9),
    "margin 1, lsdim 9, off the sphere": _config(loss=_triplet(1.0, normalize=False), lsdim=9),
    "margin 0.28, batch-hard, lr 0.01; digits": HARDEST,
}


def _claims(table: Table) -> list[Claim]:
    met = [
        claim
        for row in ("margin 0.3", "margin 0.5", "margin 0.8, lsdim 9")
        for claim in (below(table, row, "loss", 1e-3), above(table, row, "mean_margin_gap", 0.0))
    ]
    return [
        *met,
        always(table, "margin 0.8, lsdim 9", "converged"),
        always(table, "margin 1, lsdim 9, off the sphere", "converged"),
        above(table, "margin 1, lsdim 9, off the sphere", "worst_margin_gap", 0.0),
        # A mean gap above the margin, and yet no zero loss: necessary, and not sufficient.
        above(table, "margin 0.8", "mean_margin_gap", 0.0),
        above(table, "margin 0.8", "loss", 0.01),
        below(table, "margin 0.8", "worst_margin_gap", 0.0),
        always(table, "margin 0.28, batch-hard, lr 0.01; digits", "collapsed"),
    ]


trend = Trend(
    "Triplet loss on ten separable clusters: margins that a circle can meet and one that it cannot; collapse",
    ("loss", "active_ratio", "mean_margin_gap", "worst_margin_gap", "effective_rank", "mean_norm", "health"),
    tuple(Row(name, config) for name, config in ROWS.items()),
    _claims,
)
