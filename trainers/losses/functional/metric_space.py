"""The space whose Euclidean distances count: that of the embeddings, or the unit sphere."""

from torch import Tensor
from torch.nn.functional import normalize


def in_metric_space(embeddings: Tensor, *, on_sphere: bool) -> Tensor:
    """Return the points (N, D) of embeddings (N, D), each divided by its norm if they are put on the sphere.

    A row of zeros stays where it is.
    """
    return normalize(embeddings, eps=1e-12) if on_sphere else embeddings
