"""What of a config can be trained, but hardly as it is meant."""

from collections.abc import Iterator

from trainers.config import TrainConfig
from trainers.data.batch_samplers import ClassSampler
from trainers.losses.functional.feasible_margin import feasible_margin
from trainers.specs import Mistake


def doubts(config: TrainConfig) -> Iterator[Mistake]:
    """Yield the path of each value that is hardly meant, and why."""
    classes, batch = config.dataset.trained_classes, config.batch
    if classes is not None and isinstance(batch, ClassSampler) and batch.classes > classes:
        yield (
            "batch.classes",
            f"{batch.classes} are more than the {classes} that are trained: it has all",
        )
    name = "margin" if hasattr(config.loss, "margin") else "neg_margin"
    space, points = config.loss.geometry, classes or 2
    largest = feasible_margin(points, config.lsdim) ** space.power
    if space.on_sphere and space.margin > largest:
        yield (
            f"loss.{name}",
            f"{space.margin} cannot be met: {points} classes on the unit sphere in {config.lsdim} dimensions "
            f"are at most {largest:.4g} apart{', squared' * (space.power == 2)}",
        )
