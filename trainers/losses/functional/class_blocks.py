"""Classes of one size at a time, few enough that their triplets fit into a processor's cache."""

from collections.abc import Iterator
from itertools import accumulate

import torch
from torch import Tensor

BLOCK = 2**18  # triplets in memory at a time
BLOCK_OF_GPU = 2**22  # it wants few large steps


def class_blocks(labels: Tensor) -> Iterator[tuple[Tensor, int]]:
    """Yield the positions (c, B) of all images, each of c classes' k members first, and k.

    The classes of one size are taken together, some at a time.

    Args:
        labels: (B,), each at least 0. Classes of one member have no positive and are left out.
    """
    ordered, order = labels.sort(stable=True)
    sizes = torch.unique_consecutive(ordered, return_counts=True)[1].tolist()
    starts = [0, *accumulate(sizes)]
    everyone = torch.arange(len(labels), device=labels.device)
    for size in sorted({size for size in sizes if size > 1}):
        alike = [start for start, each in zip(starts, sizes, strict=False) if each == size]
        first = torch.tensor(alike, device=labels.device)[:, None]
        step = _at_a_time(size * size * (len(labels) - size), labels.device)
        for start in torch.split(first, step):
            yield order[(start + everyone) % len(labels)], size


def anchor_blocks(far: Tensor) -> Iterator[slice]:
    """Yield a few of the anchors 0 … k − 1 at a time.

    Args:
        far: (c, k, n), a value for each member of c classes and each of its others.
    """
    classes, size, others = far.shape
    step = _at_a_time(classes * size * others, far.device)
    for start in range(0, size, step):
        yield slice(start, start + step)


def _at_a_time(triplets: int, device: torch.device) -> int:
    block = BLOCK if device.type == "cpu" else BLOCK_OF_GPU
    return max(1, block // max(1, triplets))
