"""The k nearest references vote: exact search, block by block."""

import torch
from torch import Tensor

from trainers.evaluation.nearest import BLOCK
from trainers.evaluation.retrieval import ROUNDING


def knn(references: Tensor, labels: Tensor, queries: Tensor, neighbours: int) -> Tensor:
    """Return the class (Q,) of most of the nearest references, in Euclidean distance (Cover and Hart, 1967).

    k is ``neighbours``, but at most the number of references of the largest class: further ones could only be
    of a wrong class, whatever the query. A smaller class votes with what it has.

    Nothing depends on the order of the references. Those as far away as the k-th share the places that the
    nearer ones leave, in equal parts; where all distances are equal, all references vote, and the largest
    class wins. Of classes with equally many votes the one whose nearest voter is nearest wins; if these are
    equally near, the class of the lowest number. So a collapsed space says the same of all queries.

    Args:
        references: (N, D), finite; the search runs in float64, so float32 loses nothing.
        labels: (N,), their classes.
        queries: (Q, D), finite.
        neighbours: at least 1.
    """
    classes, targets, sizes = torch.unique(labels, return_inverse=True, return_counts=True)
    electorate = _Electorate(references, targets, min(neighbours, int(sizes.max())))
    rows = max(1, BLOCK // len(references))
    winners = torch.cat([electorate.winners(block) for block in torch.split(queries, rows)])
    return torch.index_select(classes, 0, winners)


class _Electorate:
    """All references, and how many of them vote."""

    def __init__(self, references: Tensor, targets: Tensor, count: int) -> None:
        points = references.double()
        self.centre = points.mean(0)  # around the mean, what lies close together keeps its digits
        self.points = points - self.centre
        self.norms = self.points.square().sum(1)
        self.targets = targets
        self.class_count = int(targets.max()) + 1
        self.count = count

    def winners(self, queries: Tensor) -> Tensor:
        """Return the targets (Q,) that queries (Q, D) elect."""
        block = queries.double() - self.centre
        norms = block.square().sum(1, keepdim=True)
        # Squared distances less the query's squared norm, which orders a row's references just as well.
        values = torch.addmm(self.norms, block, self.points.T, alpha=-2)
        last = values.topk(self.count, largest=False).values[:, -1:]
        slack = ROUNDING * (norms + (norms + last).abs())
        row, voter = (values <= last + slack).nonzero(as_tuple=True)
        distances = values[row, voter]
        tied = distances >= (last - slack)[row, 0]
        ties, nearer = (row[each].bincount(minlength=len(block)) for each in (tied, ~tied))
        # The k - nearer places that are left, for each of the tied: times their number, votes are whole.
        weights = torch.where(tied, self.count - nearer[row], ties[row])
        return self._elected(row * self.class_count + self.targets[voter], weights, distances, slack)

    def _elected(self, ballots: Tensor, weights: Tensor, distances: Tensor, slack: Tensor) -> Tensor:
        size = len(slack) * self.class_count
        votes = weights.new_zeros(size).index_add(0, ballots, weights).view(-1, self.class_count)
        nearest = distances.new_full((size,), torch.inf).scatter_reduce(0, ballots, distances, "amin")
        first = votes == votes.max(1, keepdim=True).values
        nearest = nearest.view_as(votes).masked_fill(~first, torch.inf)
        return (nearest <= nearest.min(1, keepdim=True).values + slack).int().argmax(1)
