"""How a training fares, judged by the metrics of its epochs: a verdict, and the numbers it rests on."""

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
from trainers.diagnostics.trajectory import EPOCHS, Course, said

Finding = Literal[
    "posterior_collapsed", "collapsed", "equilateral", "norm_inflating", "converged", "diverged"
]


_SIGNS: dict[Finding, Callable[[Course], str | None]] = {
    "posterior_collapsed": posterior_collapsed,
    "collapsed": collapsed,
    "equilateral": equilateral,
    "norm_inflating": norm_inflating,
    "converged": converged,
}


@dataclass(frozen=True)
class Health:
    """What the last epochs say of a training.

    Attributes:
        verdict: ``healthy``, or what was found. A training that diverges ends at once, so that no epoch has
            the verdict ``diverged``.
        reason: one line, with the numbers.
    """

    verdict: Literal["healthy"] | Finding = "healthy"
    reason: str = "no epoch has been looked at"


def diagnose(course: Course) -> Health:
    """Return how a training fares after its last epoch.

    A verdict other than ``healthy`` has to hold in each of the last 3 epochs, all of one stage, so none is
    given before the third; what needs the metric loss, in each of the last 3 that had one. Of several the
    first counts, in the order of ``Finding``; docs/methods.md has what each rests on.
    """
    if len(course.stage) >= EPOCHS:
        for finding, sign in _SIGNS.items():
            reason = sign(course)
            if reason:
                return Health(finding, reason)
    return Health("healthy", said(course.now, "loss", "active_ratio", "effective_rank"))
