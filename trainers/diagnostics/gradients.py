"""How large the gradients of a step are; nothing here waits for the device."""

import torch
from torch import Tensor


def embedding_gradient_norm(embeddings: Tensor) -> Tensor:
    """Return the mean over the batch of ‖∂L/∂z_i‖, a scalar in [0, inf).

    Args:
        embeddings: (B, D), whose gradient was retained in the backward pass.
    """
    assert embeddings.grad is not None
    norms: Tensor = torch.linalg.vector_norm(embeddings.grad, dim=1)
    return norms.mean()
