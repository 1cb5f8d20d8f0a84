"""The losses, one file each. A new loss is a file beside this one, and one more name in the union.

``Loss`` is the union of the configs, told apart by ``name``. Each is a ``contract.spec.LossSpec``; one
over pairs or triplets is a ``contract.mined.MinedLoss``, and takes a miner.
"""

from typing import Annotated

from pydantic import Field

from trainers.losses.center import CenterLoss
from trainers.losses.contract.value import LossValue
from trainers.losses.contrastive import ContrastiveLoss
from trainers.losses.multi_similarity import MultiSimilarityLoss
from trainers.losses.pml import PMLLoss
from trainers.losses.proxy_nca import ProxyNCALoss
from trainers.losses.proxy_nca_pp import ProxyNCAPlusPlusLoss
from trainers.losses.supervised_contrastive import SupervisedContrastiveLoss
from trainers.losses.triplet import TripletLoss

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
