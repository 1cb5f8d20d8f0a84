"""A trial that a driver runs, and whether it takes too long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from tuner.config.sections import Budget
from tuner.study.outcome import Outcome, outcome_of
from tuner.study.trial import Report, TrialSpec


@dataclass
class Running:
    """A trial that was asked for and not yet told.

    Attributes:
        last: its last report.
        stopped_by: why it should not go on, by early stopping or by its time.
        hung: why its worker has to be ended by force, and the trial tried again.
        began: when its training did, by this process's clock; None while it waits for a device.
        heard: when it last reported.
        taken: whether another program ended or deleted it.
    """

    spec: TrialSpec
    last: Report | None = None
    stopped_by: str | None = None
    hung: str | None = None
    began: float | None = None
    heard: float = 0.0
    taken: bool = False

    def begins(self) -> None:
        """Its training does, now."""
        self.began = self.heard = time.monotonic()

    def outcome(self, metrics: Sequence[str], lost: str | None) -> Outcome:
        """How it ended, by its last report.

        Args:
            metrics: those that a completed trial must have.
            lost: how its worker was lost, if it was.
        """
        return outcome_of(
            self.last, metrics, stopped_by=self.stopped_by, lost=lost, attempt=self.spec.attempt
        )

    def over_hours(self, budget: Budget) -> str | None:
        """Why it has trained for too long, or None."""
        hours = budget.trial_hours
        if hours is None or self.began is None or time.monotonic() - self.began < hours * 3600:
            return None
        return f"trial_hours: it trained for more than the {hours:g} hours of budget.trial_hours"

    def stalled(self, budget: Budget) -> str | None:
        """Why it has been silent for too long, or None."""
        minutes = budget.stall_minutes
        if minutes is None or self.began is None or time.monotonic() - self.heard < minutes * 60:
            return None
        return f"stall_minutes: no report for the {minutes:g} minutes of budget.stall_minutes; it was ended"
