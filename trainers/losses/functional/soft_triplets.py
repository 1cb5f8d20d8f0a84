"""Triplets with a softplus for the hinge, some classes at a time."""

import torch
from torch import Tensor
from torch.nn import functional

from trainers.losses.functional.class_blocks import anchor_blocks, class_blocks
from trainers.losses.functional.closed_form import with_gradient


def softplus(values: Tensor) -> Tensor:
    """Return log(1 + exp(values)), exact to the last digits; torch's own returns its input above 20."""
    return functional.softplus(values, threshold=40)


def soft_batch_all(values: Tensor, labels: Tensor) -> Tensor:
    """Return the sum of log(1 + exp(v_ap − v_an)) over all triplets: a scalar with a gradient.

    A softplus cannot be counted: every triplet is computed once, with the gradient written out; memory is
    O(B²) and that of one block of triplets.

    Args:
        values: (B, B), what is compared: distances or squared distances.
        labels: (B,), each at least 0.
    """
    fixed = values.detach()
    gradient = torch.zeros_like(fixed)
    total = fixed.new_zeros(())
    for positions, size in class_blocks(labels):
        pairs = positions[:, :size, None], positions[:, None, :]
        rows = fixed[pairs]
        slopes = torch.empty_like(rows)
        itself = torch.eye(size, dtype=torch.bool, device=rows.device)
        near, far = rows[:, :, :size].masked_fill(itself, -torch.inf), rows[:, :, size:]
        for anchors in anchor_blocks(far):
            differences = near[:, anchors, :, None] - far[:, anchors, None, :]
            total += softplus(differences).sum()
            block = differences.sigmoid_()
            slopes[:, anchors, :size], slopes[:, anchors, size:] = block.sum(3), -block.sum(2)
        gradient[pairs] = slopes
    return with_gradient(total, values, gradient)
