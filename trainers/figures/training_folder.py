"""A training that was done before, from the folder of its checkpoint."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainers.config import TrainConfig
from trainers.errors import TrainerError
from trainers.specs import explain
from trainers.training import checkpoint
from trainers.training.trainer import Trainer


def load_training(folder: Path) -> Trainer:
    """Return the training whose checkpoint lies in a folder: its history, and the weights of its best epoch.

    What only training needs (optimizer, proxies, a prior's pseudo-images) stands as after its last epoch. The
    training's device is not asked for: any that there is will do.

    Args:
        folder: holds ``model.safetensors``, and ``state.safetensors`` or, of a training that is finished,
            ``history.safetensors``.

    Raises:
        TrainerError: one of them is missing, damaged or does not fit the other.
        ConfigError: the data do not fit the config any more.
        DatasetError: the data are missing or damaged.
    """
    model, state = folder / "model.safetensors", folder / "state.safetensors"
    history = folder / "history.safetensors"
    is_ended = history.is_file() and not state.is_file()  # what it could go on from was removed
    for path in (model, history if is_ended else state):
        if not path.is_file():
            raise TrainerError(
                f"{path}: is no file; name the folder of a training that has at least one epoch done, "
                "such as runs/one, or the folder of a trial's checkpoint"
            )
    trainer = Trainer(_config(model))
    if is_ended:
        trainer.recall(history)
    else:
        trainer.restore(state)
    trainer.load_weights(model)
    return trainer


def _config(model: Path) -> TrainConfig:
    written: Any = checkpoint.read(model)[1].get("config")
    try:
        config = TrainConfig.model_validate(written)
    except ValidationError as error:
        first = explain(error, written).splitlines()[0]
        raise TrainerError(
            f"{model}: its config is none of this version ({first}); draw with the version that trained it"
        ) from error
    return config.model_copy(update={"device": "auto"})
