"""Triplets with a softplus for the hinge, some classes at a time."""

import torch
from torch import Tensor

from trainers.losses.functional.class_blocks import class_blocks


def softplus(values: Tensor) -> Tensor:
    """Return log(1 + exp(values)), exact to the last digits; torch's own returns its input above 20."""
    return torch.logaddexp(values, torch.zeros_like(values))


def soft_batch_all(values: Tensor, labels: Tensor) -> Tensor:
    """Return the sum of log(1 + exp(v_ap − v_an)) over all triplets: a scalar with a gradient.

    A softplus cannot be counted: every triplet is computed once, with the gradient written out; memory is
    O(B² + k²·B) for classes of k members.

    Args:
        values: (B, B), what is compared: distances or squared distances.
        labels: (B,), each at least 0.
    """
    fixed = values.detach()
    gradient = torch.zeros_like(fixed)
    total = fixed.new_zeros(())
    for inside, outside in class_blocks(labels):
        near = (inside[:, :, None], inside[:, None, :])
        far = (inside[:, :, None], outside[:, None, :])
        differences = fixed[near][:, :, :, None] - fixed[far][:, :, None, :]
        itself = torch.eye(inside.shape[1], dtype=torch.bool, device=labels.device)[:, :, None]
        slopes = differences.sigmoid().masked_fill(itself, 0)
        total += softplus(differences).masked_fill(itself, 0).sum()
        gradient[near] += slopes.sum(3)
        gradient[far] -= slopes.sum(2)
    linear = (values * gradient).sum()  # has the gradient that was asked for; its value is taken out again
    return total + (linear - linear.detach())
