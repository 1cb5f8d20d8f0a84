"""Images from the whole training split, labelled or not: the second stream of a semi-supervised step."""

import torch
from torch import Tensor

from trainers.training.seeding import derive, generator
from trainers.unsupervised.objective import Moment


class UniformBatches:
    """Batches that go through all images before any comes again.

    Those of one epoch depend on the seed and the epoch's number only.
    """

    def __init__(self, count: int, size: int, seed: int, device: torch.device | None = None) -> None:
        self.count = count
        self.size = size
        self.seed = seed
        self.device = device
        self._epoch = 0
        self._order = torch.empty(0, dtype=torch.int64)

    def at(self, moment: Moment) -> Tensor:
        """Return the positions of the batch at a moment, (size,) int64, on the device."""
        if moment.epoch != self._epoch:
            chance = generator(derive(self.seed, "uniform", moment.epoch))
            rounds = -(-moment.steps * self.size // self.count)
            order = torch.cat([torch.randperm(self.count, generator=chance) for _ in range(rounds)])
            self._order = order.to(self.device)  # once an epoch: a step would have to wait for it
            self._epoch = moment.epoch
        return self._order[(moment.step - 1) * self.size :][: self.size]

    def sample(self, most: int) -> Tensor:
        """Return the positions of at most so many different images, int64; the seed alone picks them."""
        chance = generator(derive(self.seed, "sample"))
        return torch.randperm(self.count, generator=chance)[:most]
