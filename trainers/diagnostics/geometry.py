"""The space in which a loss measures, and the margin that it asks for there."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from trainers.losses import ContrastiveLoss, Loss, TripletLoss
from trainers.losses.functional.metric_space import in_metric_space


@dataclass(frozen=True)
class Geometry:
    """A loss's own metric space.

    Attributes:
        on_sphere: whether embeddings are put on the unit sphere first.
        power: 1 if the loss compares distances, 2 if squared ones.
        margin: by how much a negative has to be farther than a positive, in distances to that power; 0 of
            losses that ask for none.
    """

    on_sphere: bool
    power: Literal[1, 2] = 1
    margin: float = 0.0

    @classmethod
    def of(cls, loss: Loss) -> "Geometry":
        """Return the space of a loss: a contrastive loss's margin is that of its negatives."""
        match loss:
            case TripletLoss():
                return cls(loss.normalize, loss.power, 0.0 if loss.soft else loss.margin)
            case ContrastiveLoss():
                return cls(loss.normalize, loss.power, loss.neg_margin)
            case _:
                return cls(loss.normalize)

    def points(self, embeddings: Tensor) -> Tensor:
        """Return the embeddings (N, D) as points of the space."""
        return in_metric_space(embeddings, on_sphere=self.on_sphere)
