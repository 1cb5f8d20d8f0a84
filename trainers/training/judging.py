"""What a finished training is worth at the weights of its best epoch."""

from pathlib import Path

from trainers.errors import TrainerError
from trainers.training.evaluator import Split
from trainers.training.saving import checkpoint
from trainers.training.saving.history import MODEL
from trainers.training.trainer import Trainer


def result(trainer: Trainer, folder: Path) -> dict[str, float]:
    """Return the metrics of a finished training on its validation split: those of its best epoch.

    With ``evaluation.clustering: last`` these are measured again, with clusters, as ``judge`` does it.
    """
    if trainer.config.evaluation.clustering == "last":
        return judge(trainer, folder, "validation")
    return trainer.best.metrics


def judge(trainer: Trainer, folder: Path, split: Split = "test") -> dict[str, float]:
    """Return the metrics of a finished training on a split.

    Its model has the weights of the best epoch from then on.

    What is not measured on a split, such as the training loss, is that of the best epoch; so is
    ``train_seconds``.

    Args:
        trainer: the training, which has an epoch.
        folder: where ``Trainer.save`` wrote ``model.safetensors``.
        split: which one; no search looks at the test split.

    Raises:
        TrainerError: the file is missing, damaged, or holds the weights of another epoch.
        TrainingStopped: embeddings are not finite.
    """
    best, model = trainer.best, folder / MODEL
    epoch = checkpoint.read(model)[1].get("epoch")
    if epoch != best.epoch:  # they could not be saved
        raise TrainerError(
            f"{model}: holds the weights of epoch {epoch}, and the best one is {best.epoch}; "
            f"remove {folder} and train again"
        )
    trainer.load_weights(model)
    times = {"train_seconds": best.metrics["train_seconds"]}
    return {**best.metrics, **trainer.evaluate_split(split), **times}
