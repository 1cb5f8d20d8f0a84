"""What a training left in its folder, read without its data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from torch import Tensor

from trainers.config import TrainConfig
from trainers.errors import TrainerError
from trainers.specs import explain
from trainers.training.saving import checkpoint
from trainers.training.saving.history import MODEL, Evaluation, Stored, best_of, state_in
from trainers.training.task import Task


@dataclass(frozen=True)
class Trained:
    """A training that has ended.

    Attributes:
        config: what was trained.
        weights: of the best epoch, by name.
        best: the evaluation of that epoch.
        data: ``Task.facts`` of its data.
    """

    config: TrainConfig
    weights: dict[str, Tensor]
    best: Evaluation
    data: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Trained":
        """Read ``model.safetensors``, and the state or the history beside it.

        The data are loaded only where a version before this one wrote the files.

        Raises:
            TrainerError: one of them is missing or damaged, or they do not belong together.
        """
        state = state_in(folder)
        for path in (folder / MODEL, state):
            if not path.is_file():
                raise TrainerError(f"{path}: is not there; name the folder of a training, where it lies")
        weights, facts = checkpoint.read(folder / MODEL)
        config = read_config(folder / MODEL, facts)
        best = best_of(Stored.read(state, config.fingerprint).history, config.monitor)
        if facts["epoch"] != best.epoch:  # they could not be saved
            raise TrainerError(
                f"{folder / MODEL}: holds the weights of epoch {facts['epoch']}, and the best one is "
                f"{best.epoch}; its weights could not be saved; train again"
            )
        return cls(config, weights, best, facts.get("data") or Task.load(config).facts())


def read_config(model: Path, facts: dict[str, Any]) -> TrainConfig:
    """Return the config among the facts of a ``model.safetensors``.

    Raises:
        TrainerError: this version does not know it.
    """
    written: Any = facts.get("config")
    try:
        return TrainConfig.model_validate(written)
    except ValidationError as error:
        first = explain(error, written).splitlines()[0]
        raise TrainerError(
            f"{model}: its config is none of this version ({first}); use the version that trained it"
        ) from error
