"""How large the gradients of a step are; nothing here waits for the device."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def embedding_gradient_norm(embeddings: Tensor) -> Tensor:
    """Return the mean over the batch of ‖∂L/∂z_i‖, a scalar in [0, inf).

    Args:
        embeddings: (B, D), whose gradient was retained in the backward pass.
    """
    assert embeddings.grad is not None
    norms: Tensor = torch.linalg.vector_norm(embeddings.grad, dim=1)
    return norms.mean()


def parameter_gradient_norm(parameters: Iterable[nn.Parameter]) -> Tensor:
    """Return the Euclidean norm of all gradients taken as one vector, a scalar in [0, inf).

    Args:
        parameters: at least one of which has a gradient; those without one count as 0.
    """
    norms = [torch.linalg.vector_norm(each.grad) for each in parameters if each.grad is not None]
    norm: Tensor = torch.linalg.vector_norm(torch.stack(norms))
    return norm
