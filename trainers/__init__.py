"""One training config in, one trained and evaluated model out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from trainers.model.embedder import Embedder

__all__ = ["load"]


def load(folder: str | Path, device: str | torch.device = "auto") -> Embedder:
    """Return the model in a folder, which ``tuner model`` wrote; ``load(folder).embed(images)`` embeds.

    Args:
        folder: the model's.
        device: of torch; ``auto`` is a GPU if there is one.

    Raises:
        TrainerError: a file is missing, damaged or of another version, or the device cannot be used.
    """
    from trainers.model.embedder import Embedder  # noqa: PLC0415 - whoever only imports this needs no torch

    return Embedder.read(Path(folder), device)
