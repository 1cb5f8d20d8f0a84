"""The names of all metrics, spelled once."""

from itertools import product
from typing import Literal, get_args

Direction = Literal["maximize", "minimize"]
Probe = Literal["knn", "random_forest", "mlp"]
Reference = Literal["labelled", "train"]
Point = Literal["mean", "sample"]

PROBE_MEASURES = ("accuracy", "ami")
CLUSTER_METRICS = ("ari", "ami", "nmi")
SAMPLE_METRICS = ("ari_sample", "ami_sample")


def probe_metric(probe: Probe, measure: str, reference: Reference, point: Point) -> str:
    """Return what a measure of a probe is called, such as ``knn_accuracy_train_sample``."""
    return f"{probe}_{measure}_{reference}" + ("_sample" if point == "sample" else "")


def _remedy(probe: Probe, reference: Reference, point: Point) -> str:
    keys = f"probes: [{probe}]"
    keys += f", reference: [{reference}]" if reference != "labelled" else ""
    keys += f", point: [{point}]" if point != "mean" else ""
    return f"evaluation: {{{keys}}}"


OPTIONAL: dict[str, str] = {
    probe_metric(probe, measure, reference, point): _remedy(probe, reference, point)
    for probe, measure, reference, point in product(
        get_args(Probe), PROBE_MEASURES, get_args(Reference), get_args(Point)
    )
} | dict.fromkeys(SAMPLE_METRICS, "evaluation: {point: [sample]}")
"""Every metric that only some configs yield, with the setting that yields it."""

OF_METRIC_LOSS = ("active_ratio", "active_positives", "active_negatives", "embedding_gradient_norm")
"""What only an epoch with a metric loss has: ``TrainConfig.lacking`` names the trainings that have others."""

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
    "active_positives": "minimize",
    "active_negatives": "minimize",
    "unsupervised_loss": "minimize",
    "posterior_std": "minimize",
    "embedding_gradient_norm": "minimize",
    "parameter_gradient_norm": "minimize",
    "loss_decay": "maximize",
    "intra_class_variance": "minimize",
    "intra_class_ratio": "minimize",
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
    **dict.fromkeys(OPTIONAL, "maximize"),
}
"""Every metric that an epoch may yield, and which way is better; the optional ones only if asked for."""
