"""The health of a training, judged by the metrics of its epochs: a verdict, and the numbers behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from trainers.diagnostics.detectors import (
    collapsed,
    converged,
    equilateral,
    norm_inflating,
    posterior_collapsed,
)
from trainers.diagnostics.trajectory import EPOCHS, Trajectory, numbers

Verdict = Literal[
    "posterior_collapsed", "collapsed", "equilateral", "norm_inflating", "converged", "diverged"
]
"""What may be wrong with a training, or over; ``healthy`` is the absence of all."""

_DETECTORS: dict[Verdict, Callable[[Trajectory], str | None]] = {
    "posterior_collapsed": posterior_collapsed,
    "collapsed": collapsed,
    "equilateral": equilateral,
    "norm_inflating": norm_inflating,
    "converged": converged,
}


@dataclass(frozen=True)
class Health:
    """The state of a training after its last epochs.

    Attributes:
        verdict: ``healthy``, or what was detected. A training that diverges ends at once, so that no epoch
            has the verdict ``diverged``.
        reason: one line, with the numbers.
    """

    verdict: Literal["healthy"] | Verdict = "healthy"
    reason: str = "no epoch has been looked at"


def diagnose(trajectory: Trajectory) -> Health:
    """Return the health of a training after its last epoch.

    A verdict other than ``healthy`` has to match in each of the last 3 epochs, all of one stage, so none is
    given before the third; what needs the metric loss, in each of the last 3 that had one. Of several the
    first counts, in the order of ``Verdict``; docs/methods.md has what each rests on.
    """
    if len(trajectory.stage) >= EPOCHS:
        for verdict, detect in _DETECTORS.items():
            reason = detect(trajectory)
            if reason:
                return Health(verdict, reason)
    return Health("healthy", numbers(trajectory.now, "loss", "active_ratio", "effective_rank"))
