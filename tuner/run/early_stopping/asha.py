"""Asynchronous successive halving, with one objective or several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuner.study.pareto import places


class Asha:
    """Asynchronous successive halving (Li et al., MLSys 2020), its stopping variant.

    At the rungs `grace_epochs * reduction_factor^k` a trial goes on only if it is among the best
    `1 / reduction_factor` of those that have reached the rung so far; the best so far always goes on. Trials
    with several objectives are ranked by their fronts (`pareto.places`), and the whole first front goes on.
    """

    def __init__(self, *, epochs: int, grace_epochs: int, reduction_factor: int) -> None:
        self._factor = reduction_factor
        self._rungs: dict[int, dict[int, Sequence[float]]] = {}
        rung = grace_epochs
        while rung < epochs:
            self._rungs[rung] = {}
            rung *= reduction_factor

    def observe(self, trial: int, epoch: int, losses: Sequence[float]) -> str | None:
        """A reason where the trial is not among the rung's best."""
        rung = self._rungs.get(epoch)
        if rung is None:
            return None
        rung[trial] = losses
        may_go_on = max(1, len(rung) // self._factor)
        if len(losses) == 1:
            place = 1 + sum(other[0] < losses[0] for other in rung.values())
            reason = f"asha: place {place} of {len(rung)} after epoch {epoch}; {may_go_on} may go on"
            return None if place <= may_go_on else reason
        trials = sorted(rung)  # ties do not depend on who came first: after a resume nobody knows
        fronts, ordered = places(np.array([rung[each] for each in trials]))
        front, place = fronts[trials.index(trial)], ordered[trials.index(trial)]
        if front == 1 or place <= may_go_on:
            return None
        return (
            f"asha: front {front} of {fronts.max()} at epoch {epoch}, place {place} of {len(rung)}; "
            f"{may_go_on} may go on"
        )
