"""The names of all metrics, spelled once."""

from typing import Literal

Direction = Literal["maximize", "minimize"]

METRICS: dict[str, Direction] = {
    "ari": "maximize",
    "ami": "maximize",
    "nmi": "maximize",
    "recall_at_1": "maximize",
    "recall_at_2": "maximize",
    "recall_at_4": "maximize",
    "recall_at_8": "maximize",
    "map_at_r": "maximize",
    "r_precision": "maximize",
    "tie_share": "minimize",
    "lone_queries": "minimize",
    "loss": "minimize",
    "active_ratio": "minimize",
    "unsupervised_loss": "minimize",
    "posterior_std": "minimize",
    "train_seconds": "minimize",
    "embed_ms_per_image": "minimize",
    "labelled_samples": "minimize",
    "lsdim": "minimize",
}
"""Every metric that an epoch yields, and which way is better; the last eight come from the trainer."""
