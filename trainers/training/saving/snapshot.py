"""A training at one moment, as it is written to disk, while the training itself may go on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from trainers.training.saving import checkpoint
from trainers.training.saving.history import HISTORY, MODEL, STATE

Tensors = dict[str, Tensor]


@dataclass(frozen=True)
class Snapshot:
    """Copies of all that a training saves.

    Attributes:
        state: everything that a later process needs to go on.
        facts: what ``history.Stored`` reads: fingerprint, seconds trained, history.
        weights: of the best epoch; None if the training that was gone on from had it, and saved it.
        product: what has to be known of these weights: config, epoch, data.
        objective: of a training that is finished, its latent objective; else None.
    """

    state: Tensors
    facts: dict[str, Any]
    weights: Tensors | None
    product: dict[str, Any]
    objective: Tensors | None

    def write(self, folder: Path) -> Path:
        """Write the files, and return the path of the state, which comes last.

        - ``model.safetensors``: the weights of the best epoch, unless they are there already.
        - ``history.safetensors``: of a training that is finished, its facts and latent objective.
        - ``state.safetensors``; the one before it stays, as ``formats.durable_file.before`` names it.

        Raises:
            OSError: the disk is full or broken; each file holds what it held.
        """
        model, state = folder / MODEL, folder / STATE
        if self.weights is not None and checkpoint.facts_of(model) != self.product:
            checkpoint.write(model, self.weights, self.product)
        if self.objective is not None:
            checkpoint.write(folder / HISTORY, self.objective, self.facts)
        checkpoint.write(state, self.state, self.facts, keep_before=True)
        return state


def copied(tensors: Tensors) -> Tensors:
    """Return copies on the CPU, which stay as they are while the training goes on."""
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}
