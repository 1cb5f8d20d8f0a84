"""Batches of some classes, and some images of each."""

import math
from collections.abc import Iterator
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from trainers.errors import ConfigError
from trainers.specs import MethodSpec
from trainers.training.seeding import derive, generator


class ClassSampler(MethodSpec):
    """Balanced batches, P classes times K images (Hermans et al., 2017).

    Attributes:
        classes: P; all classes where there are fewer.
        per_class: K; all images of a class where there are fewer.
        steps_per_epoch: batches an epoch; if not given, as many as it takes to go once over the whole
            training split, labelled or not, so that an epoch costs the same whatever the label percentage.
    """

    name: Literal["classes"] = "classes"
    classes: int = Field(default=10, ge=2)
    per_class: int = Field(default=8, ge=2)
    steps_per_epoch: int | None = Field(default=None, ge=1)

    @property
    def size(self) -> int:
        """How many images a batch has, where there are enough."""
        return self.classes * self.per_class

    def build(self, labels: Tensor, train_size: int, seed: int) -> "ClassBatches":
        """Return the batches of a training.

        Args:
            labels: (N,), the class of every labelled image, -1 for images that are never drawn.
            train_size: how many images the training split has.
            seed: the training's seed.

        Raises:
            ConfigError: fewer than two classes have two labelled images.
        """
        steps = self.steps_per_epoch or math.ceil(train_size / self.size)
        return ClassBatches(labels, self.classes, self.per_class, steps, seed)


class ClassBatches:
    """The ``Batches`` of P classes and K images of each."""

    def __init__(self, labels: Tensor, classes: int, per_class: int, steps: int, seed: int) -> None:
        pools = [(labels == label).nonzero()[:, 0] for label in torch.unique(labels) if label >= 0]
        self.pools = [pool for pool in pools if len(pool) >= 2]  # a lone image has no positive
        if len(self.pools) < 2:
            raise ConfigError(
                f"label_percent: {len(self.pools)} classes have two labelled images; two have to; raise it"
            )
        self.classes = min(classes, len(self.pools))
        self.per_class = per_class
        self.steps = steps
        self.seed = seed

    def epoch(self, number: int) -> Iterator[Tensor]:
        """Yield the positions of each batch, int64, without an image twice in one batch."""
        chance = generator(derive(self.seed, "batches", number))
        for _ in range(self.steps):
            chosen = torch.randperm(len(self.pools), generator=chance)[: self.classes]
            yield torch.cat([self._draw(self.pools[index], chance) for index in chosen.tolist()])

    def _draw(self, pool: Tensor, chance: torch.Generator) -> Tensor:
        return pool[torch.randperm(len(pool), generator=chance)[: self.per_class]]
