"""The labelled training images that are looked at after every epoch, the same all through a training."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.data.labelling import choose_labelled
from trainers.training.seeding import derive, generator

MOST_IMAGES = 1000
MOST_TRIPLETS = 10_000


@dataclass(frozen=True)
class Sample:
    """A fixed choice of labelled images, and of triplets among them.

    Attributes:
        positions: (N,) int64, sorted: which of the labelled images; N is at most ``MOST_IMAGES``.
        labels: (N,) int64, their classes, numbered from 0.
        triplets: (T, 3) int64: anchor, positive and negative, each counted among the N; all there are, or
            ``MOST_TRIPLETS`` drawn evenly, with repetition, if there are more.
    """

    positions: Tensor
    labels: Tensor
    triplets: Tensor

    @classmethod
    def draw(cls, targets: Tensor, seed: int) -> "Sample":
        """Return the sample of a training, stratified by class, two images of a class before a third.

        Args:
            targets: (L,), the classes of all labelled images, two of which have two images at least.
            seed: the training's seed.
        """
        percent = 100 * min(1.0, MOST_IMAGES / len(targets))
        positions = choose_labelled(targets, percent, derive(seed, "diagnostics", "images"))
        labels = torch.unique(targets[positions], return_inverse=True)[1]
        return cls(positions, labels, choose_triplets(labels, derive(seed, "diagnostics", "triplets")))


def choose_triplets(labels: Tensor, seed: int, most: int = MOST_TRIPLETS) -> Tensor:
    """Return the positions (T, 3) of anchor, positive and negative: all triplets, or ``most`` drawn evenly.

    Args:
        labels: (N,), each at least 0.
        seed: of the draw.
        most: how many triplets are looked at.
    """
    order = labels.argsort(stable=True)
    sizes = torch.bincount(labels)
    own = sizes[labels[order]]
    first = (sizes.cumsum(0) - sizes)[labels[order]]  # where the anchor's class begins among the sorted
    counts = (own - 1) * (len(labels) - own)
    total = int(counts.sum())
    chance = generator(seed)
    chosen = (
        torch.arange(total)
        if total <= most
        else torch.randint(total, (most,), generator=chance, dtype=torch.int64)
    )
    # Triplets are numbered by anchor, within an anchor by positive, and within a positive by negative.
    anchor = torch.searchsorted(counts.cumsum(0), chosen, right=True)
    within = chosen - (counts.cumsum(0) - counts)[anchor]
    others = (len(labels) - own)[anchor]
    positive = first[anchor] + within // others
    positive += positive >= anchor
    negative = within % others
    negative += (negative >= first[anchor]) * own[anchor]
    return order[torch.stack([anchor, positive, negative], dim=1)]
