"""The miners, one file each: which triplets of a batch count, or the pairs in them.

``Miner`` is the union of their configs, told apart by ``name``. A new miner is a file beside this one with a
``MinerSpec`` in it, and one more name in the union.
"""

from typing import Annotated

from pydantic import Field

from trainers.losses.miners.all import AllMiner
from trainers.losses.miners.distance import DistanceMiner
from trainers.losses.miners.facenet import FacenetMiner
from trainers.losses.miners.hard import HardMiner
from trainers.losses.miners.random import RandomMiner
from trainers.losses.miners.sampled import SampledMiner
from trainers.losses.miners.semihard import SemihardMiner

Miner = Annotated[
    AllMiner | SemihardMiner | HardMiner | FacenetMiner | RandomMiner | DistanceMiner | SampledMiner,
    Field(discriminator="name"),
]

__all__ = [
    "AllMiner",
    "DistanceMiner",
    "FacenetMiner",
    "HardMiner",
    "Miner",
    "RandomMiner",
    "SampledMiner",
    "SemihardMiner",
]
