"""Which training images have their label known."""

import math

import numpy as np
import torch
from torch import Tensor

from trainers.errors import ConfigError
from trainers.training.seeding import derive

FEWEST = 4  # two labels in each of two classes: one positive pair, and a negative


def choose_labelled(labels: Tensor, percent: float, seed: int) -> Tensor:
    """Return the sorted positions of ``percent`` percent of the labels, stratified by class, int64.

    Classes are served two labels each before any gets a third, because a lone label makes no positive pair:
    with fewer labels than twice the classes, some classes picked by the seed have two and the others none.
    The rest is dealt in proportion to the sizes of the classes.

    Args:
        labels: (N,), the classes of the training images.
        percent: in (0, 100].
        seed: picks the images; a larger percentage with the same seed keeps the images of a smaller one.

    Raises:
        ConfigError: the percentage amounts to fewer than four labels, or fewer than two classes have two
            images.
    """
    count = round(len(labels) * percent / 100)
    if count < FEWEST:
        enough = math.ceil(100_000 * FEWEST / len(labels)) / 1000
        raise ConfigError(
            f"label_percent: {percent:g} percent of {len(labels)} training images is {count} labels; "
            f"two classes need two each; write at least {enough:g}"
        )
    order, pairs = _dealing_order(labels.numpy(), np.random.default_rng(derive(seed, "labels")))
    if pairs < 2:
        raise ConfigError("dataset: fewer than two classes have two training images; nothing can be compared")
    return torch.from_numpy(np.sort(order[:count]))


def _dealing_order(labels: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, int]:
    """Return all positions in the order in which they get a label, and how many classes have two images."""
    _, classes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    shuffled = chance.permutation(len(labels))
    by_class = shuffled[np.argsort(classes[shuffled], kind="stable")]
    place = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)  # 0, 1, 2, … in each class
    size = np.repeat(sizes, sizes)
    turn = np.where((place < 2) & (size >= 2), 0, (place + 0.5) / size)
    rank = np.repeat(chance.permutation(len(sizes)), sizes)
    return by_class[np.lexsort((rank, turn))], int((sizes >= 2).sum())
