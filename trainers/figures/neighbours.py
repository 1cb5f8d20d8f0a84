"""Which images are queries, and which are their neighbours."""

import torch
from torch import Tensor

from trainers.figures.validation import ValidationSplit
from trainers.training.seeding import generator


def choose_queries(labels: Tensor, count: int, seed: int) -> Tensor:
    """Return the positions (n,) of at most ``count`` seeded queries, of as many different classes as can be.

    Images alone in their class query nothing, as in the evaluation: there is no right answer. Where classes
    are fewer than ``count``, each is asked for a second image before any for a third.
    """
    order = torch.randperm(len(labels), generator=generator(seed)).tolist()
    sizes = torch.bincount(labels).tolist()
    turns: dict[int, int] = {}
    ranked = []
    for position in order:
        label = int(labels[position])
        turns[label] = turns.get(label, 0) + 1
        if sizes[label] > 1:
            ranked.append((turns[label], position))
    ranked.sort(key=lambda pair: pair[0])
    return torch.tensor([position for _, position in ranked[:count]])


def nearest(validation: ValidationSplit, query: int, count: int) -> Tensor:
    """Return the positions (n,) of the ``count`` nearest others, the nearest first; all if there are fewer.

    Distances are Euclidean in the metric space of the evaluation, and as there the query is left out by its
    position, and of neighbours at the same distance those of another class come first.
    """
    points, labels = validation.points, validation.labels
    # Differences, not a Gram matrix: equal embeddings are at exactly equal distances.
    distances = torch.linalg.vector_norm(points - points[query], dim=1)
    wrong_first = (labels == labels[query]).long().argsort(stable=True)
    order = wrong_first[distances[wrong_first].argsort(stable=True)]
    return order[order != query][:count]
