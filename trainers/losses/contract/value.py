"""The value of a loss for one batch."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class LossValue:
    """A loss, and the activity that its computation yields for free.

    Attributes:
        loss: finite scalar with a gradient; 0 for a batch that holds nothing to compare.
        active_ratio: scalar in [0, 1] without a gradient: the share of comparisons that still cost something.
    """

    loss: Tensor
    active_ratio: Tensor
    active_positives: Tensor | None = None
    active_negatives: Tensor | None = None
