"""The contract of every early-stopping rule: reports in, decisions out. It knows no study, clock or cluster.

Every rule is told each report of each trial once, also those of earlier launches, and answers whether that
trial should stop, and why. A trial is known by the number of its first attempt. Its losses are all objectives
of the study after that epoch, in the study's order, turned so that less is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class EarlyStopping(Protocol):
    """A rule that ends trials before their last epoch."""

    def observe(self, trial: int, epoch: int, losses: Sequence[float]) -> str | None:
        """Notes a trial's losses after an epoch (from 1); the reason to stop the trial, or None."""


class NeverStop:
    """Every trial runs to its end."""

    def observe(self, trial: int, epoch: int, losses: Sequence[float]) -> str | None:  # noqa: ARG002
        """None, always."""
        return None
