"""What a training has to beat: the same evaluation without any training."""

import torch
from torch import Tensor

from trainers.config import TrainConfig
from trainers.data.views import Views
from trainers.evaluation import evaluate
from trainers.training.probing import probe_task
from trainers.training.seeding import derive
from trainers.training.task import Task
from trainers.training.trainer import Trainer
from trainers.unsupervised.posterior import Posterior


def raw_pixels(config: TrainConfig) -> dict[str, float]:
    """Return the validation split's metrics where an image is its own embedding: pixels in [0, 1].

    With an augmentation these are the pixels that a network would be evaluated on. The config's probes are
    fitted on pixels as well. Pixels have no posterior, and so no samples.
    """
    task = Task.load(config)
    validation, seed = task.splits.validation, derive(config.seed, "evaluation")
    spec = config.evaluation.model_copy(update={"point": ("mean",)})

    def embed(indices: Tensor) -> Posterior:
        views = Views(config, torch.device("cpu")).evaluation(task.data.images[indices])
        return Posterior(torch.cat([images.flatten(1).float() / 255 for images in views]))

    pixels = embed(validation)
    return {
        **evaluate(pixels.mean, task.data.labels[validation], seed=seed, normalize=False),
        **probe_task(spec, task, embed, validation, pixels, seed=seed, normalize=False),
    }


def untrained(config: TrainConfig) -> dict[str, float]:
    """Return the validation split's metrics of the config's network with the weights it starts from."""
    return Trainer(config).evaluate_split("validation")
