"""The effects that the studies reported, one file a study: `python -m benchmarks.trends NAME`."""

from benchmarks.trends import (
    autoencoder,
    contrastive_vs_triplet,
    direction_regularisation,
    levels,
    margin_curve,
    metric_vae,
    priors,
    theory,
)
from benchmarks.trends.trend import Trend

TRENDS: dict[str, Trend] = {
    "direction_regularisation": direction_regularisation.triplet,
    "direction_regularisation_proxy_nca": direction_regularisation.proxy_nca,
    "proxy_lr_factor": direction_regularisation.proxy_lr_factor,
    "margin_curve": margin_curve.trend,
    "levels": levels.trend,
    "autoencoder": autoencoder.trend,
    "priors": priors.trend,
    "metric_vae": metric_vae.trend,
    "contrastive_vs_triplet": contrastive_vs_triplet.synthetic,
    "contrastive_vs_triplet_cifar10": contrastive_vs_triplet.cifar10,
    "theory": theory.trend,
}
"""By the name that the command takes."""
