"""One stable matrix of Euclidean distances, from which losses are computed."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def pairwise_distances(embeddings: Tensor, *, squared: bool = False) -> Tensor:
    """Return the distances between all rows.

    Half precision is computed in float32, also under autocast; float64 stays float64. What is smaller than
    the rounding error of its own computation counts as zero and has zero gradient: the diagonal and duplicate
    rows are exactly 0, and no gradient is infinite. Rows that are not finite, or whose squares overflow, have
    distances that are not finite either. The gradient is written out, in closed form; it has none of its own.

    Args:
        embeddings: (B, D).
        squared: whether to return squared distances.

    Returns:
        (B, B), symmetric up to rounding, in [0, inf).
    """
    wide = embeddings if embeddings.dtype == torch.float64 else embeddings.float()
    distances: Tensor = _Distances.apply(wide, squared)
    return distances


class _Distances(torch.autograd.Function):
    """With slopes g_ij by the distances, the gradient by x_i is Σ_j (g_ij + g_ji) (x_i − x_j) / D_ij."""

    @staticmethod
    def forward(ctx: Any, points: Tensor, squared: bool) -> Tensor:
        # Distances do not see a shift. Around their mean, rows that lie close together keep their digits.
        centred = points - points.mean(0)
        # What is given the room for its result is left alone by autocast.
        products = torch.mm(centred, centred.T, out=centred.new_empty((len(centred),) * 2))
        norms = products.diagonal().clone()
        values = (norms[:, None] + norms).sub_(products, alpha=2)
        rounding = 4 * torch.finfo(points.dtype).eps * norms
        limits = torch.add(rounding[:, None], rounding, out=products)
        values.mul_(limits.le_(values))  # by 0 or 1; what is not finite stays so
        if not squared:
            values.sqrt_()
        ctx.save_for_backward(centred, values)
        ctx.squared = squared
        return values

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, None]:
        centred, values = ctx.saved_tensors
        # A distance of 0 pulls nowhere. Masks of another type than what they mask would cost far more.
        pulls = 2 * values.sign() if ctx.squared else torch.threshold(values, 0, torch.inf).reciprocal_()
        pulls.mul_(slopes)
        pulls.add_(pulls.T.contiguous())
        return (pulls.sum(1, keepdim=True) * centred).addmm_(pulls, centred, alpha=-1), None
