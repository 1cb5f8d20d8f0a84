"""A training that was done before, from the folder of its checkpoint."""

from pathlib import Path

from trainers.errors import TrainerError
from trainers.model.training_files import read_config
from trainers.training.saving import checkpoint
from trainers.training.saving.history import HISTORY, MODEL, state_in
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
    model, state = folder / MODEL, state_in(folder)
    for path in (model, state):
        if not path.is_file():
            raise TrainerError(
                f"{path}: is no file; name the folder of a training that has at least one epoch done, "
                "such as runs/one, or the folder of a trial's checkpoint"
            )
    config = read_config(model, checkpoint.read(model)[1])
    trainer = Trainer(config.model_copy(update={"device": "auto"}))
    if state.name == HISTORY:
        trainer.recall(state)
    else:
        trainer.restore(state)
    trainer.load_weights(model)
    return trainer
