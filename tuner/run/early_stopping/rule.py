"""The contract of every early-stopping rule: reports in, decisions out. It knows no study, clock or cluster.

Every rule is told each report of each trial once, also those of earlier launches, and answers whether that
trial should stop, and why. A trial is known by the number of its first attempt. Its losses are all objectives
of the study after that epoch, in the study's order, turned so that less is better.

A report that breaks a constraint of the study is not told: what is not allowed must not end what is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from tuner.config.study_config import StudyConfig
from tuner.study.constraints import constraint_values, is_feasible
from tuner.study.pareto import as_losses


class EarlyStopping(Protocol):
    """A rule that ends trials before their last epoch."""

    def observe(self, trial: int, epoch: int, losses: Sequence[float]) -> str | None:
        """Notes a trial's losses after an epoch (from 1); the reason to stop the trial, or None."""


class NeverStop:
    """Every trial runs to its end."""

    def observe(self, trial: int, epoch: int, losses: Sequence[float]) -> str | None:  # noqa: ARG002
        """None, always."""
        return None


def losses_of(config: StudyConfig, metrics: Mapping[str, float | None]) -> list[float] | None:
    """Return a report's losses; None if a metric is missing or not finite, or a constraint is broken."""
    known = {name: value for name in config.metrics if (value := metrics.get(name)) is not None}
    if len(known) < len(config.metrics) or not all(map(math.isfinite, known.values())):
        return None
    if not is_feasible(constraint_values(config.constraints, known)):
        return None
    values = [known[objective.metric] for objective in config.objectives]
    losses: list[float] = as_losses([values], [each.direction for each in config.objectives])[0].tolist()
    return losses
