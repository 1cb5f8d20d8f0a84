"""Probes: classifiers fitted on points of known class, and scored by their predictions of others."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.evaluation.agreement import Contingency
from trainers.evaluation.metrics import Probe
from trainers.evaluation.probes.knn import knn
from trainers.evaluation.probes.mlp import mlp
from trainers.evaluation.probes.random_forest import random_forest


@dataclass(frozen=True)
class LabelledPoints:
    """Points with their classes.

    Attributes:
        points: (N, D), finite.
        labels: (N,) int64, on the same device.
    """

    points: Tensor
    labels: Tensor


def probe(
    name: Probe, references: LabelledPoints, queries: Tensor, *, neighbours: int = 5, seed: int = 0
) -> Tensor:
    """Return the class (Q,) that a probe fitted on the references gives to each query.

    Args:
        name: of the probe.
        references: what it is fitted on, at least two classes.
        queries: (Q, D), finite.
        neighbours: of ``knn``.
        seed: of ``random_forest`` and ``mlp``; in [0, 2**32).
    """
    if name == "knn":
        return knn(references.points, references.labels, queries, neighbours)
    classifier = {"random_forest": random_forest, "mlp": mlp}[name]
    classes = classifier(
        references.points.cpu().numpy(), references.labels.cpu().numpy(), queries.cpu().numpy(), seed
    )
    return torch.from_numpy(classes).to(references.labels)


def agreement(predicted: Tensor, labels: Tensor) -> dict[str, float]:
    """Return how well predicted classes (Q,) agree with the true ones (Q,).

    - ``accuracy``: the share that is right, in [0, 1].
    - ``ami``: adjusted mutual information between the two (arithmetic mean): up to 1, chance is 0. A probe
      that predicts the same for every query scores 0; one that swaps two classes all the time scores 1.
    """
    truth, guess = labels.cpu().numpy(), predicted.cpu().numpy()
    return {
        "accuracy": float((truth == guess).mean()),
        "ami": Contingency.of(truth, guess).adjusted_mutual_information(),
    }
