"""Asynchronous successive halving."""

from __future__ import annotations


class Asha:
    """Asynchronous successive halving (Li et al., MLSys 2020), its stopping variant.

    At the rungs `grace_epochs * reduction_factor^k` a trial goes on only if it is among the best
    `1 / reduction_factor` of those that have reached the rung so far; the best so far always goes on.
    """

    def __init__(self, *, maximize: bool, epochs: int, grace_epochs: int, reduction_factor: int) -> None:
        self._sign = -1.0 if maximize else 1.0
        self._factor = reduction_factor
        self._rungs: dict[int, dict[int, float]] = {}
        rung = grace_epochs
        while rung < epochs:
            self._rungs[rung] = {}
            rung *= reduction_factor

    def observe(self, trial: int, epoch: int, value: float) -> str | None:
        """A reason where the trial is not among the rung's best."""
        rung = self._rungs.get(epoch)
        if rung is None:
            return None
        rung[trial] = loss = self._sign * value
        places = max(1, len(rung) // self._factor)
        better = sum(other < loss for other in rung.values())
        if better < places:
            return None
        return f"asha: place {better + 1} of {len(rung)} after epoch {epoch}; {places} may go on"
