"""The space in which a loss measures, and what it asks for there."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from trainers.losses.functional.metric_space import in_metric_space


@dataclass(frozen=True)
class Geometry:
    """A loss's own metric space.

    Attributes:
        on_sphere: whether embeddings are put on the unit sphere first.
        power: 1 if the loss compares distances, 2 if squared ones.
        margin: by how much a negative has to be farther than a positive, in distances to that power; 0 of
            losses that ask for none.
        direction_weight: weight of the direction regularisation in a hinge over triplets; 0 of all others.
        collapsed_loss: the loss where all points are one, before direction regularisation; None if not known.
    """

    on_sphere: bool
    power: Literal[1, 2] = 1
    margin: float = 0.0
    direction_weight: float = 0.0
    collapsed_loss: float | None = None

    def points(self, embeddings: Tensor) -> Tensor:
        """Return the embeddings (N, D) as points of the space."""
        return in_metric_space(embeddings, on_sphere=self.on_sphere)
