"""The triplets that a batch was drawn as."""

from typing import Literal

from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.spec import MinerSpec
from trainers.losses.miners.triplets import Triplets


class SampledMiner(MinerSpec):
    """The triplets that the batch was drawn as, by ``batch: {name: triplets}``, before it was embedded.

    The batch holds anchors, then their positives, then their negatives, in the same order. A triplet with an
    unknown label, or whose labels say that it is none, does not count.
    """

    by_position = True
    name: Literal["sampled"] = "sampled"

    def triplets(self, candidates: Candidates) -> Triplets:
        """Return the triplets by position.

        Raises:
            ValueError: the batch as it was drawn is not divisible by three.
        """
        drawn = candidates.drawn
        if len(drawn) % 3:
            raise ValueError(
                f"miner: sampled wants a batch of anchors, their positives and their negatives; {len(drawn)} "
                f"images cannot be parted in three; draw them with batch: {{name: triplets}}"
            )
        anchors, positives, negatives = drawn.view(3, -1)
        known = (anchors >= 0).logical_and(negatives >= 0)
        counts = (anchors == positives).logical_and(anchors != negatives).logical_and(known)
        positions = (drawn >= 0).cumsum(0) - 1  # among the labelled images
        return Triplets(*positions.view(3, -1)[:, counts])
