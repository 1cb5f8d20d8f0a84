"""One stable matrix of Euclidean distances, from which losses are computed."""

import torch
from torch import Tensor


def pairwise_distances(embeddings: Tensor, *, squared: bool = False) -> Tensor:
    """Return the distances between all rows.

    Half precision is computed in float32, also under autocast; float64 stays float64. What is smaller than
    the rounding error of its own computation counts as zero and has zero gradient: the diagonal and duplicate
    rows are exactly 0, and no gradient is infinite. Rows that are not finite, or whose squares overflow, have
    distances that are not finite either.

    Args:
        embeddings: (B, D).
        squared: whether to return squared distances.

    Returns:
        (B, B), symmetric up to rounding, in [0, inf).
    """
    with torch.autocast(embeddings.device.type, enabled=False):
        wide = embeddings if embeddings.dtype == torch.float64 else embeddings.float()
        # Distances do not see a shift. Around their mean, rows that lie close together keep their digits.
        wide = wide - wide.detach().mean(0)
        products = wide @ wide.T
        norms = products.diagonal()
        sums = norms[:, None] + norms[None, :]
        distances = sums - 2 * products
        rounding = 4 * torch.finfo(wide.dtype).eps * sums.detach()
        zero = (distances.detach() <= rounding).logical_and(rounding.isfinite())
        if squared:
            return distances.masked_fill(zero, 0)
        return distances.masked_fill(zero, 1).sqrt().masked_fill(zero, 0)  # the root's slope at 0 is infinite
