"""A loss over pairs or triplets, which a miner may choose."""

from collections.abc import Iterator

from trainers.losses.contract.spec import LossSpec
from trainers.losses.miners import AllMiner, Miner, SemihardMiner
from trainers.specs import Mistake


class MinedLoss(LossSpec):
    """The config of a loss over pairs or triplets.

    Attributes:
        miner: which of a batch's triplets count, or the pairs in them.
    """

    miner: Miner = AllMiner()

    @property
    def miners_margin(self) -> float | None:
        """The margin that ``semihard`` takes if it is given none; None if the loss has no such margin."""
        return None

    def _mistakes_together(self) -> Iterator[Mistake]:
        yield from super()._mistakes_together()
        if self.miner.on_sphere_only and not self.geometry.on_sphere:
            yield "miner.name", f"{self.miner.name} draws on the unit sphere; set normalize: true"
        if isinstance(self.miner, SemihardMiner) and self.miner.margin is None and self.miners_margin is None:
            yield (
                "miner.name",
                "semihard picks triplets by a margin, and this loss has none; "
                "write miner: {name: semihard, margin: 0.2}, or another miner",
            )

    @classmethod
    def _unknown_key(cls, key: str) -> str:
        if key == "mining":
            return "unknown key; it is written miner: {name: hard} now"
        return super()._unknown_key(key)
