"""What a training has to beat: the same evaluation without any training."""

import torch

from trainers.config import TrainConfig
from trainers.evaluation import evaluate
from trainers.seeding import derive
from trainers.splits import split
from trainers.trainer import Trainer
from trainers.views import Views


def raw_pixels(config: TrainConfig) -> dict[str, float]:
    """Return the validation split's metrics where an image is its own embedding: pixels in [0, 1].

    With an augmentation these are the pixels that a network would be evaluated on.
    """
    data = config.dataset.load()
    validation = split(config.dataset, data).validation
    views = Views(config, torch.device("cpu")).evaluation(data.images[validation])
    pixels = torch.cat([images.flatten(1).float() / 255 for images in views])
    return evaluate(pixels, data.labels[validation], seed=derive(config.seed, "evaluation"), normalize=False)


def untrained(config: TrainConfig) -> dict[str, float]:
    """Return the validation split's metrics of the config's network with the weights it starts from."""
    return Trainer(config).evaluate_split("validation")
