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
    "active_positives": "minimize",
    "active_negatives": "minimize",
    "embedding_gradient_norm": "minimize",
    "parameter_gradient_norm": "minimize",
    "loss_decay": "maximize",
    "intra_class_variance": "minimize",
    "inter_class_distance": "maximize",
    "pairwise_class_distance": "maximize",
    "effective_rank": "maximize",
    "mean_norm": "minimize",
    "mean_margin_gap": "maximize",
    "worst_margin_gap": "maximize",
    "direction_cosine": "maximize",
    "mean_spread": "maximize",
    "train_seconds": "minimize",
    "embed_ms_per_image": "minimize",
    "labelled_samples": "minimize",
    "lsdim": "minimize",
}
"""Every metric that an epoch yields, and which way is better; from ``loss`` on they come from the trainer."""
