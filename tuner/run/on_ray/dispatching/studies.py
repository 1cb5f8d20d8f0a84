"""Whose trials a dispatcher runs: one study, or all that a service drives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tuner.run.on_ray.dispatching.trial_source import TrialSource
from tuner.study.trial import TrialSpec


class Studies(Protocol):
    """Whose trials run: one study, or all that a service drives."""

    @property
    def halted(self) -> bool:
        """Whether all work is to end."""

    def all(self) -> Sequence[TrialSource]:
        """Return every study's trials."""

    def in_turn(self) -> Sequence[TrialSource]:
        """Return those that want another device, the one first that gets the next."""

    def begins(self, source: TrialSource, spec: TrialSpec) -> None:
        """Note that a device is taken."""

    def ends(self, source: TrialSource, spec: TrialSpec) -> None:
        """Note that a device is given back."""

    def tick(self) -> None:
        """Do what is to be done again and again."""

    def broke(self, source: TrialSource, error: Exception) -> None:
        """Note that a study raised; raises it if nothing is to go on."""
