"""Batches of triplets: every labelled image is the anchor once an epoch."""

import math
from collections.abc import Iterator
from typing import Literal

import torch
from pydantic import PositiveInt
from torch import Tensor

from trainers.errors import ConfigError
from trainers.specs import MethodSpec
from trainers.training.seeding import derive, generator


class TripletSampler(MethodSpec):
    """Triplets drawn before they are embedded: the classical training of Schroff et al., CVPR 2015, unmined.

    In every epoch each labelled image is the anchor once, in a new order, with one positive out of the other
    images of its class and one negative out of those of all other classes, each drawn evenly. An image that
    is alone in its class is no anchor, but may be a negative. An epoch goes once over the anchors: its length
    follows the number of labels. The miner ``sampled`` takes the triplets as they are; with any other one the
    loss has a batch of labelled images, in which one image may be several times.

    Attributes:
        anchors: how many triplets a batch has; the last of an epoch may have fewer.
    """

    name: Literal["triplets"] = "triplets"
    anchors: PositiveInt = 32

    @property
    def size(self) -> int:
        """How many images a batch has: the last of an epoch may have fewer."""
        return 3 * self.anchors

    def build(self, labels: Tensor, train_size: int, seed: int) -> "TripletBatches":  # noqa: ARG002
        """Return the batches of a training.

        Args:
            labels: (N,), the class of every labelled image, -1 for images that are never drawn.
            train_size: how many images the training split has; of no consequence.
            seed: the training's seed.

        Raises:
            ConfigError: no class has two labelled images, or there is but one class.
        """
        return TripletBatches(labels, self.anchors, seed)


class TripletBatches:
    """The ``Batches`` of triplets: anchors, then their positives, then their negatives, in the same order."""

    def __init__(self, labels: Tensor, anchors: int, seed: int) -> None:
        known = (labels >= 0).nonzero()[:, 0]
        _, classes, sizes = torch.unique(labels[known], return_inverse=True, return_counts=True)
        by_class = classes.argsort(stable=True)
        self.images = known[by_class]  # those of one class stand in a row
        self.first = (sizes.cumsum(0) - sizes)[classes[by_class]]
        self.size = sizes[classes[by_class]]
        self.anchors = (self.size >= 2).nonzero()[:, 0]
        if len(self.anchors) == 0 or len(sizes) < 2:
            raise ConfigError(
                f"label_percent: {len(known)} labelled images of {len(sizes)} classes make no triplet; one "
                f"class has to have two, and another one; raise it"
            )
        self.classes = min(len(sizes), 2 * anchors)
        self.per_batch = anchors
        self.steps = math.ceil(len(self.anchors) / anchors)
        self.seed = seed

    def epoch(self, number: int) -> Iterator[Tensor]:
        """Yield the positions of each batch, (3 * anchors,) int64; an image may be in it more than once."""
        chance = generator(derive(self.seed, "batches", number))
        anchors = self.anchors[torch.randperm(len(self.anchors), generator=chance)]
        first, size = self.first[anchors], self.size[anchors]
        # One of all places but those left out, which are stepped over: the anchor itself, its whole class.
        positives = first + _below(size - 1, chance)
        positives += positives >= anchors
        negatives = _below(len(self.images) - size, chance)
        negatives += size * (negatives >= first)
        triplets = self.images[torch.stack([anchors, positives, negatives])]
        for batch in torch.split(triplets, self.per_batch, dim=1):
            yield batch.flatten()


def _below(bounds: Tensor, chance: torch.Generator) -> Tensor:
    """Return a whole number in [0, bound) for each bound, (N,) int64, each as likely as another."""
    shares = torch.rand(len(bounds), dtype=torch.float64, generator=chance)
    return (shares * bounds).long()
