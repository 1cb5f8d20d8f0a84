"""Every source of randomness, and the number of threads, set in one place."""

import hashlib
import random

import numpy as np
import torch
from threadpoolctl import threadpool_limits


def derive(seed: int, *words: str | int) -> int:
    """Return a seed in [0, 2**32) that depends on nothing but ``seed`` and ``words``.

    Streams of randomness stay independent of each other, and of how much of one was used before a checkpoint:
    the batches of epoch 7 are those of ``derive(seed, "batches", 7)`` in a resumed training as well.
    """
    return int.from_bytes(hashlib.sha256(repr((seed, *words)).encode()).digest()[:4], "big")


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and torch (all devices); ``seed`` is in [0, 2**32)."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def generator(seed: int) -> torch.Generator:
    """Return a CPU generator of its own, seeded with ``seed``."""
    return torch.Generator().manual_seed(seed)


def set_threads(count: int) -> None:
    """Let torch, scikit-learn and every other library loaded so far compute with ``count`` threads.

    The order of a sum depends on the number of threads, so results repeat bit for bit only at the same
    number.
    """
    torch.set_num_threads(count)
    threadpool_limits(count)
