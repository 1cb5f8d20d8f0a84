"""The theory of margins: which can be met on a sphere, what zero loss needs, and how training collapses.

Ten classes on a circle can meet a margin of 2 sin(π/10) = 0.618 at most, all triplets at once.
"""

from __future__ import annotations

from typing import Any

from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, above, always, below


def _config(**changes: Any) -> dict[str, Any]:
    config = {
        "dataset": {"name": "synthetic", "n_classes": 10, "mode_spread": 0.2},
        "backbone": {"name": "mlp", "hidden": [256]},
        "lsdim": 2,
        "batch": {"classes": 10, "per_class": 8},
        "optimizer": {"name": "adam", "lr": 1e-3},
        "epochs": 20,
    }
    return {**config, **changes}


def _triplet(margin: float, **changes: Any) -> dict[str, Any]:
    return {"name": "triplet", "margin": margin, **changes}


ROWS = {
    "margin 0.3": _config(loss=_triplet(0.3)),
    "margin 0.5": _config(loss=_triplet(0.5)),
    "margin 0.8": _config(loss=_triplet(0.8)),
    "margin 0.8, lsdim 9": _config(loss=_triplet(0.8), lsdim=9),
    "margin 0.2, batch-hard, lr 0.1": _config(
        loss=_triplet(0.2, mining="hard"), lsdim=16, optimizer={"name": "adam", "lr": 0.1}
    ),
    "margin 1, off the sphere": _config(loss=_triplet(1.0, normalize=False), lsdim=16),
}


def _claims(table: Table) -> list[Claim]:
    return [
        always(table, "margin 0.3", "converged"),
        above(table, "margin 0.3", "worst_margin_gap", 0.0),
        below(table, "margin 0.8", "worst_margin_gap", 0.0),
        above(table, "margin 0.8, lsdim 9", "worst_margin_gap", 0.0),
        always(table, "margin 0.2, batch-hard, lr 0.1", "collapsed"),
    ]


trend = Trend(
    "Triplet loss on ten separable clusters: feasible and infeasible margins, collapse, norms",
    ("loss", "active_ratio", "mean_margin_gap", "worst_margin_gap", "effective_rank", "mean_norm", "health"),
    tuple(Row(name, config) for name, config in ROWS.items()),
    _claims,
)
