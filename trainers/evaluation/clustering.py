"""Agreement between the labels and clusters made without them."""

import warnings

import torch
from torch import Tensor


def clustering(embeddings: Tensor, labels: Tensor, seed: int) -> dict[str, float]:
    """Return ``ari``, ``ami`` and ``nmi`` of k-means with as many clusters as there are classes.

    The best of ten k-means++ starts is taken. ARI and AMI (arithmetic mean) are adjusted for chance: 0 is
    chance, 1 is perfect, a little under 0 is possible. NMI, in [0, 1], is not, and flatters many small
    clusters. A collapsed space has fewer distinct points than classes; it is one cluster then, and scores 0.

    Args:
        embeddings: (N, D), finite.
        labels: (N,).
        seed: picks the starts; in [0, 2**32).
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

    truth = labels.cpu().numpy()
    kmeans = KMeans(n_clusters=len(torch.unique(labels)), n_init=10, random_state=seed)
    with warnings.catch_warnings():
        # The scores themselves say what this warning is about.
        warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
        clusters = kmeans.fit_predict(embeddings.cpu().numpy())
    return {
        "ari": float(adjusted_rand_score(truth, clusters)),
        "ami": float(adjusted_mutual_info_score(truth, clusters)),
        "nmi": float(normalized_mutual_info_score(truth, clusters)),
    }
