"""How much of its space a cloud of points fills."""

import torch
from torch import Tensor


def effective_rank(points: Tensor) -> Tensor:
    """Return exp of the entropy of the normalised singular values of the centred points, in float64.

    Roy and Vetterli, EUSIPCO 2007. It is D if all directions are alike, 1 on a line, and 0 if all points are
    one up to the rounding of float32, where singular values say nothing.

    Args:
        points: (N, D), finite.

    Returns:
        A scalar: 0, or in [1, min(N, D)].
    """
    wide = points.double()
    centred = wide - wide.mean(0)
    gram = centred.T @ centred if centred.shape[1] <= centred.shape[0] else centred @ centred.T
    singular = torch.linalg.eigvalsh(gram).clamp(min=0).sqrt()
    rounding = 4 * torch.finfo(torch.float32).eps * torch.linalg.vector_norm(wide)
    if torch.linalg.vector_norm(singular) <= rounding:
        return wide.new_zeros(())
    shares = singular / singular.sum()
    entropy: Tensor = torch.special.entr(shares).sum()
    return entropy.exp()
