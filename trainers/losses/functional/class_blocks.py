"""Classes of one size at a time, few enough that their triplets fit into a processor's cache."""

from collections.abc import Iterator

import torch
from torch import Tensor

BLOCK = 2**16  # triplets in memory at a time


def class_blocks(labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the positions of members (c, k) and of others (c, n) for some classes of one size at a time.

    Args:
        labels: (B,), each at least 0. Classes of one member have no positive and are left out.
    """
    sizes = torch.unique(labels, return_counts=True)[1]
    members = torch.split(labels.argsort(stable=True), sizes.tolist())
    for size in torch.unique(sizes[sizes > 1]).tolist():
        alike = torch.stack([positions for positions in members if len(positions) == size])
        others = len(labels) - size
        for inside in torch.split(alike, max(1, BLOCK // max(1, size * size * others))):
            outside = (labels[inside[:, :1]] != labels).nonzero()[:, 1]
            yield inside, outside.view(len(inside), others)
