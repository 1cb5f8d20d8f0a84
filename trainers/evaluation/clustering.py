"""Agreement between the labels and clusters made without them."""

import torch
from torch import Tensor

from trainers.evaluation.agreement import Contingency
from trainers.evaluation.kmeans import kmeans


def clustering(embeddings: Tensor, labels: Tensor, seed: int) -> dict[str, float]:
    """Return ``ari``, ``ami`` and ``nmi`` of k-means with as many clusters as there are classes.

    ARI and AMI (arithmetic mean) are adjusted for chance: 0 is chance, 1 is perfect, a little under 0 is
    possible. NMI, in [0, 1], is not, and flatters many small clusters. A collapsed space has fewer distinct
    points than classes; it is one cluster then, and scores 0.

    Args:
        embeddings: (N, D), finite.
        labels: (N,).
        seed: picks the starts of k-means; in [0, 2**32).
    """
    clusters = kmeans(embeddings, len(torch.unique(labels)), seed)
    table = Contingency.of(labels.cpu().numpy(), clusters.cpu().numpy())
    return {
        "ari": table.adjusted_rand(),
        "ami": table.adjusted_mutual_information(),
        "nmi": table.normalised_mutual_information(),
    }
