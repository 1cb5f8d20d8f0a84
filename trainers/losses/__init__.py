"""The losses, one file each. A new loss is a file beside this one, and one more name in the union.

``Loss`` is the union of the configs, told apart by ``name``: ``Annotated[A | B,
Field(discriminator="name")]`` from the second member on. A loss's config has ``normalize`` (whether its space
is the unit sphere, which evaluation has to know) and ``build(class_count=…, lsdim=…)``, which returns a
module that maps embeddings (B, D) and labels (B,), −1 where unknown, to a ``LossValue``.
"""

from trainers.losses.triplet import TripletLoss
from trainers.losses.value import LossValue

Loss = TripletLoss

__all__ = ["Loss", "LossValue", "TripletLoss"]
