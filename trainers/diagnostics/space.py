"""What the space of a sample looks like, under the names in ``METRICS``."""

import torch
from torch import Tensor

from trainers.diagnostics.classes import inter_class_distance, intra_class_ratio, intra_class_variance
from trainers.diagnostics.distances import fixed_distances
from trainers.diagnostics.margins import direction_cosine, mean_distances, worst_gap
from trainers.diagnostics.sample import Sample
from trainers.diagnostics.spread import effective_rank
from trainers.evaluation.space import check_finite
from trainers.losses.contract.geometry import Geometry


def describe(embeddings: Tensor, sample: Sample, geometry: Geometry) -> dict[str, float]:
    """Return the diagnostics of the sample's space; all are finite.

    ``mean_norm`` and ``mean_spread`` (the standard deviation over the images, averaged over the dimensions)
    are those of the embeddings as the network gives them, the others those of the loss's own space.

    Args:
        embeddings: (N, D), of the sample's images in their order, as the network gives them.
        sample: the images.
        geometry: the loss's space.

    Raises:
        TrainingStopped: embeddings are not finite.
    """
    check_finite(embeddings)
    labels, triplets = sample.labels.to(embeddings.device), sample.triplets.to(embeddings.device)
    points = geometry.points(embeddings)
    squared = geometry.power == 2
    distances = fixed_distances(points)
    values = distances.square() if squared else distances
    apart, gap = mean_distances(values, labels)
    values_by_name = {
        "intra_class_variance": intra_class_variance(points, labels),
        "intra_class_ratio": intra_class_ratio(points, labels),
        "inter_class_distance": inter_class_distance(points, labels, squared=squared),
        "pairwise_class_distance": apart,
        "effective_rank": effective_rank(points),
        "mean_norm": torch.linalg.vector_norm(embeddings, dim=1).mean(),
        "mean_margin_gap": gap - geometry.margin,
        "worst_margin_gap": worst_gap(values, labels) - geometry.margin,
        "direction_cosine": direction_cosine(distances, triplets),
        "mean_spread": embeddings.std(0, correction=0).mean(),
    }
    numbers = torch.stack([value.double() for value in values_by_name.values()]).tolist()
    return dict(zip(values_by_name, numbers, strict=True))
