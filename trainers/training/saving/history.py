"""The history of a training, an evaluation an epoch, and how it is read from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from trainers.diagnostics.health import Health
from trainers.errors import TrainerError
from trainers.evaluation.monitor import Monitor
from trainers.training.saving import checkpoint

STATE, HISTORY, MODEL = "state.safetensors", "history.safetensors", "model.safetensors"


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of one epoch.

    Attributes:
        epoch: which one, counted from 1.
        metrics: all that the config's ``metrics`` names, those of evaluation on the validation split.
        health: of the training, by this epoch and those before.
    """

    epoch: int
    metrics: dict[str, float]
    health: Health = field(default_factory=Health)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Evaluation":
        """Return the evaluation that ``dataclasses.asdict`` wrote.

        Raises:
            KeyError: it was written by a version of this program that has fewer fields.
        """
        return cls(facts["epoch"], facts["metrics"], Health(**facts["health"]))


@dataclass(frozen=True)
class Stored:
    """What a file of a training holds.

    Attributes:
        tensors: by name, on the CPU.
        history: the evaluation of every epoch so far.
        train_seconds: how long it has trained.
    """

    tensors: dict[str, Tensor]
    history: list[Evaluation]
    train_seconds: float

    @classmethod
    def read(cls, path: Path, fingerprint: str) -> "Stored":
        """Read the file of a training whose config has this fingerprint.

        Raises:
            TrainerError: the file is missing, damaged, or of another config.
        """
        tensors, facts = checkpoint.read(path)
        if facts.get("fingerprint") != fingerprint:
            raise TrainerError(
                f"{path}: is the state of another config; restore it with its own, or train again"
            )
        try:
            history = [Evaluation.read(each) for each in facts["history"]]
        except KeyError as missing:
            raise TrainerError(f"{path}: is of a version that wrote no {missing}; train again") from missing
        return cls(tensors, history, facts["train_seconds"])


def state_in(folder: Path) -> Path:
    """Return the file with a training's history: its state, or what one that is finished left without it."""
    state, history = folder / STATE, folder / HISTORY
    return history if history.is_file() and not state.is_file() else state


def best_of(history: Sequence[Evaluation], monitor: Monitor) -> Evaluation:
    """Return the first evaluation that no other surpasses in the monitored metric; there has to be one."""
    best, *others = history
    for later in others:
        if monitor.prefers(later.metrics, best.metrics):
            best = later
    return best
