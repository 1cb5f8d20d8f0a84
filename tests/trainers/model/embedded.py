"""Where models of the tests come from, and what they have to give."""

from torch import Tensor

from trainers.model.facts import Origin
from trainers.training.trainer import Trainer

ORIGIN = Origin(source="trial 3 of study x")


def expected(trainer: Trainer) -> Tensor:
    """The embeddings of the validation images, as the trainer computes them."""
    return trainer.learner.embed(trainer.task.data.images[trainer.task.splits.validation])
