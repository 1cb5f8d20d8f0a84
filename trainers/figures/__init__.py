"""The figures of one training: learning curves, a map of the embeddings, a gallery of nearest neighbours."""

import io
from pathlib import Path

from formats.durable_file import replace_file
from trainers.errors import TrainerError
from trainers.figures.components import prior_components
from trainers.figures.embedding_map import embedding_map
from trainers.figures.gallery import gallery
from trainers.figures.learning_curves import learning_curves
from trainers.figures.page import write_page
from trainers.figures.validation import ValidationSplit
from trainers.training.seeding import derive
from trainers.training.trainer import Trainer

__all__ = ["draw"]


def draw(trainer: Trainer, folder: Path) -> list[str]:
    """Write the figures of a training into a folder, over older ones, and return a line for each.

    ``learning_curves.html`` shows every epoch. ``embedding_map.html`` and ``gallery.png`` show the validation
    split with the weights that the trainer holds; the test split is not looked at. The same history and
    weights give the same files, on the same machine with as many threads. Pages need ``plotly.min.js``, which
    is written beside them, and no network.

    Args:
        trainer: at least one epoch is in its history.
        folder: made if need be.

    Raises:
        TrainerError: a figure cannot be written; older ones stay.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _drawn(trainer, folder)
    except OSError as error:
        raise TrainerError(f"{folder}: figures cannot be written there: {error.strerror or error}") from error


def _drawn(trainer: Trainer, folder: Path) -> list[str]:
    config = trainer.config
    validation = ValidationSplit.of(trainer)
    seed = derive(config.seed, "figures")
    subject = f"{config.dataset.name}, {config.loss.name}, lsdim {config.lsdim}"
    curves = learning_curves(trainer.history, trainer.best, config.monitor.metric, subject)
    mapped = embedding_map(validation, prior_components(trainer), seed, subject)
    lines = [
        f"learning curves: {write_page(curves, folder / 'learning_curves.html')}",
        f"embedding map: {write_page(mapped, folder / 'embedding_map.html')}",
    ]
    if not validation.has_pictures:
        return [*lines, f"gallery: none, because dataset {config.dataset.name} holds vectors, not pictures"]
    picture = folder / "gallery.png"
    content = io.BytesIO()
    gallery(validation, seed).save(content, "png")
    replace_file(picture, content.getvalue())
    return [*lines, f"gallery: {picture}"]
