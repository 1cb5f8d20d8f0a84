"""The losses, one file each. A new loss is a file beside this one, and one more name in the union.

``Loss`` is the union of the configs, told apart by ``name``. A loss's config has ``normalize`` (whether its
space is the unit sphere, which evaluation has to know) and ``build(class_count=…, lsdim=…)``, which returns a
module that maps embeddings (B, D) and labels (B,), −1 where unknown, to a ``LossValue``. If the module has
parameters of its own and an ``lr_factor``, they take steps that many times as large as the network's.
"""

from typing import Annotated

from pydantic import Field

from trainers.losses.center import CenterLoss
from trainers.losses.contrastive import ContrastiveLoss
from trainers.losses.multi_similarity import MultiSimilarityLoss
from trainers.losses.pml import PMLLoss
from trainers.losses.proxy_nca import ProxyNCALoss
from trainers.losses.proxy_nca_pp import ProxyNCAPlusPlusLoss
from trainers.losses.supervised_contrastive import SupervisedContrastiveLoss
from trainers.losses.triplet import TripletLoss
from trainers.losses.value import LossValue

Loss = Annotated[
    TripletLoss
    | ContrastiveLoss
    | CenterLoss
    | SupervisedContrastiveLoss
    | ProxyNCALoss
    | ProxyNCAPlusPlusLoss
    | MultiSimilarityLoss
    | PMLLoss,
    Field(discriminator="name"),
]

__all__ = [
    "CenterLoss",
    "ContrastiveLoss",
    "Loss",
    "LossValue",
    "MultiSimilarityLoss",
    "PMLLoss",
    "ProxyNCALoss",
    "ProxyNCAPlusPlusLoss",
    "SupervisedContrastiveLoss",
    "TripletLoss",
]
