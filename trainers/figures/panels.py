"""Which metrics belong into one panel of the learning curves."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """A few metrics that are read together, on one axis.

    Attributes:
        title: what they say.
        axis: what is counted, with its unit.
        metrics: their names; one that ends in ``_`` stands for all that begin with it.
    """

    title: str
    axis: str
    metrics: tuple[str, ...]

    def holds(self, metric: str) -> bool:
        """Return whether the metric belongs into this panel."""
        return any(
            metric == name or (name.endswith("_") and metric.startswith(name)) for name in self.metrics
        )


PANELS = (
    Panel("Retrieval", "share", ("recall_at_", "map_at_r", "r_precision")),
    Panel("Clustering", "agreement", ("ari", "ami", "nmi", "ari_", "ami_")),
    Panel("Probes", "accuracy, AMI", ("knn_", "random_forest_", "mlp_")),
    Panel("Loss", "loss", ("loss", "unsupervised_loss")),
    Panel("Active comparisons", "share", ("active_ratio", "active_positives", "active_negatives")),
    Panel("Loss decay", "share of the loss before", ("loss_decay",)),
    Panel("Gradients", "norm", ("embedding_gradient_norm", "parameter_gradient_norm")),
    Panel(
        "Classes",
        "distance, variance, norm",
        ("intra_class_variance", "inter_class_distance", "pairwise_class_distance", "mean_norm"),
    ),
    Panel("Variance within classes", "share of the variance", ("intra_class_ratio",)),
    Panel("Margins", "gap, cosine", ("mean_margin_gap", "worst_margin_gap", "direction_cosine")),
    Panel("Effective rank", "dimensions", ("effective_rank",)),
    Panel("Posterior", "standard deviation", ("posterior_std", "mean_spread")),
    Panel("Training time", "seconds", ("train_seconds",)),
    Panel("Embedding time", "milliseconds an image", ("embed_ms_per_image",)),
)
REST = "Other"


def arrange(metrics: Iterable[str]) -> list[Panel]:
    """Return the panels that hold any of the metrics, each with its own in the order given.

    Every metric is in exactly one panel; the last panel has those that no other is for.
    """
    left = list(metrics)
    arranged = []
    for panel in (*PANELS, Panel(REST, "value", tuple(left))):
        own = tuple(metric for metric in left if panel.holds(metric))
        left = [metric for metric in left if metric not in own]
        if own:
            arranged.append(Panel(panel.title, panel.axis, own))
    return arranged
