"""What a finished training is worth on the test split, at the weights of its best epoch."""

from pathlib import Path

from trainers.errors import TrainerError
from trainers.training import checkpoint
from trainers.training.trainer import Trainer


def judge(trainer: Trainer, folder: Path) -> dict[str, float]:
    """Return the metrics of a finished training on its test split.

    Its model has the weights of the best epoch from then on.

    What is not measured on a split, such as the training loss, is that of the best epoch; so is
    ``train_seconds``.

    Args:
        trainer: the training, which has an epoch.
        folder: where ``Trainer.save`` wrote ``model.safetensors``.

    Raises:
        TrainerError: the file is missing, damaged, or holds the weights of another epoch.
        TrainingStopped: embeddings are not finite.
    """
    best, model = trainer.best, folder / "model.safetensors"
    epoch = checkpoint.read(model)[1].get("epoch")
    if epoch != best.epoch:  # they could not be saved
        raise TrainerError(
            f"{model}: holds the weights of epoch {epoch}, and the best one is {best.epoch}; "
            f"remove {folder} and train again"
        )
    trainer.load_weights(model)
    times = {"train_seconds": best.metrics["train_seconds"]}
    return {**best.metrics, **trainer.evaluate_split("test"), **times}
