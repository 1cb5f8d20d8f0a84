"""Priors on the latents: the schedule that collapses, and one that does not (Safir et al., SciPy 2022)."""

from __future__ import annotations

from typing import Any

from benchmarks.trends import mnist
from benchmarks.trends.table import Table
from benchmarks.trends.trend import Claim, Row, Trend, above, always, below

PRIORS: dict[str, dict[str, Any]] = {
    "unit": {"name": "unit_prior"},
    "vertices, one mode": {"name": "gaussian_mixture_prior", "vertex_scale": 1.0, "prior_log_variance": 1.0},
    "vertices": {"name": "gaussian_mixture_prior", "vertex_scale": 2.0, "prior_log_variance": -2.0},
}
SCHEDULES: dict[str, dict[str, Any]] = {
    "alternating, alpha 0.33": {"alpha": 0.33, "schedule": "alternate_epochs"},
    "alternating, alpha 0.05": {"alpha": 0.05, "schedule": "alternate_epochs"},
    "joint, alpha 0.33": {"alpha": 0.33},
    "joint, alpha 0.05": {"alpha": 0.05},
    "joint, alpha 0.05, warm-up": {"alpha": 0.05, "kl": {"warm_up_epochs": 2}},
    "joint, alpha 0.05, loss on means": {"alpha": 0.05, "supervise": "mean"},
}
STUDIED = ("alternating, alpha 0.33", "joint, alpha 0.05")
AT_CHANCE = 0.12


def _config(prior: dict[str, Any], schedule: dict[str, Any]) -> dict[str, Any]:
    epochs = (
        8 if "schedule" in schedule else 4
    )  # a verdict looks at three epochs, whichever of the two they are
    return {
        **mnist.NETWORK,
        "dataset": mnist.seen_classes(5),
        "lsdim": 4,
        "label_percent": 10,
        "loss": {"name": "triplet", "margin": 1.0, "normalize": False, "reduction": "mean_active"},
        "unsupervised": {**prior, **schedule, "batch_size": 128},
        "batch": {"classes": 10, "per_class": 13, "steps_per_epoch": 960 // epochs},
        "epochs": epochs,
        "evaluation": {"probes": ["knn"], "reference": ["train"], "point": ["mean", "sample"]},
    }


def _alone() -> dict[str, Any]:
    """Return the config of the metric loss without a prior, at the same steps."""
    joint = _config(PRIORS["unit"], SCHEDULES["joint, alpha 0.05"])
    probes = {**joint["evaluation"], "point": ["mean"]}
    return {key: value for key, value in joint.items() if key != "unsupervised"} | {"evaluation": probes}


def _claims(table: Table) -> list[Claim]:
    claims = []
    for prior in PRIORS:
        alternating = f"{prior}; alternating, alpha 0.33"
        claims += [
            below(table, alternating, "knn_accuracy_train_sample", AT_CHANCE),
            always(table, alternating, "posterior_collapsed"),
        ]
        joint = f"{prior}; joint, alpha 0.05"
        claims += [
            above(table, joint, "knn_accuracy_train", 0.95),
            above(table, joint, "knn_accuracy_train_sample", 0.95),
        ]
    return claims


trend = Trend(
    "Priors by schedule and alpha, 10 % of labels, lsdim 4; MNIST, judged on 3,000 images",
    (
        "knn_accuracy_train",
        "knn_accuracy_train_sample",
        "ami_sample",
        "posterior_std",
        "mean_spread",
        "health",
    ),
    (
        Row("metric loss alone", _alone()),
        *(
            Row(f"{prior}; {schedule}", _config(PRIORS[prior], SCHEDULES[schedule]))
            for prior in PRIORS
            for schedule in (STUDIED if prior == "vertices, one mode" else SCHEDULES)
        ),
    ),
    _claims,
)
