"""The faults of a configuration, as distinct from the node's."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from trainers.errors import TrainingStopped


@contextmanager
def configuration_faults(when: str) -> Iterator[None]:
    """Turn a fault of the configuration inside the block into ``TrainingStopped``, with the time of it.

    Args:
        when: such as ``at epoch 3``.

    Raises:
        TrainingStopped: it was raised inside the block, or the device's memory is too small.
    """
    try:
        yield
    except TrainingStopped as stop:
        raise TrainingStopped(f"{stop.reason} {when}", stop.verdict) from stop
    except (RuntimeError, MemoryError) as error:
        # torch has an error of its own for a GPU's memory, and for the processor's only this message.
        if not isinstance(error, torch.OutOfMemoryError | MemoryError) and "DefaultCPUAllocator" not in str(
            error
        ):
            raise
        raise TrainingStopped(f"out of device memory {when}: {str(error).partition('.')[0]}") from error
