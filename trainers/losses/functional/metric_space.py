"""The space whose Euclidean distances count: that of the embeddings, or the unit sphere."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import normalize

SMALLEST_NORM = 1e-12  # by which shorter rows are divided


def in_metric_space(embeddings: Tensor, *, on_sphere: bool) -> Tensor:
    """Return the points (N, D) of embeddings (N, D), each divided by its norm if they are put on the sphere.

    A row of zeros stays where it is.
    """
    if not on_sphere:
        return embeddings
    if not embeddings.requires_grad:
        return normalize(embeddings, eps=SMALLEST_NORM)
    points: Tensor = _OnSphere.apply(embeddings)
    return points


class _OnSphere(torch.autograd.Function):
    """With slopes g by the points z, the gradient by the rows is (g − (g·z) z) / norm."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> Tensor:
        norms = torch.linalg.vector_norm(rows, dim=1, keepdim=True).clamp_(min=SMALLEST_NORM)
        points: Tensor = rows / norms
        ctx.save_for_backward(points, norms)
        return points

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> Tensor:
        points, norms = ctx.saved_tensors
        outwards = (slopes * points).sum(1, keepdim=True)
        gradient: Tensor = torch.addcmul(slopes, outwards, points, value=-1) / norms
        return gradient
