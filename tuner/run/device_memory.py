"""A GPU's memory, as far as a worker must know of it; it imports no torch, which only a training needs."""

from __future__ import annotations

import gc
import sys


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a device has too little memory for a training."""
    kind = type(error)
    return (kind.__module__, kind.__name__) == ("torch", "OutOfMemoryError")


def free_device_memory() -> None:
    """Gives back what an ended training held of its GPU, and torch would keep for the next one.

    Whoever shares the GPU can have it; what is in use stays.
    """
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        gc.collect()
        torch.cuda.empty_cache()
