"""What a training has to beat: the same evaluation without any training."""

from trainers.config import TrainConfig
from trainers.evaluation import evaluate
from trainers.seeding import derive
from trainers.splits import split
from trainers.trainer import Trainer


def raw_pixels(config: TrainConfig) -> dict[str, float]:
    """Return the validation split's metrics where an image is its own embedding: pixels in [0, 1]."""
    data = config.dataset.load()
    validation = split(config.dataset, data).validation
    pixels = data.images[validation].flatten(1).float() / 255
    return evaluate(pixels, data.labels[validation], seed=derive(config.seed, "evaluation"), normalize=False)


def untrained(config: TrainConfig) -> dict[str, float]:
    """Return the validation split's metrics of the config's network with the weights it starts from."""
    return Trainer(config).evaluate_split("validation")
