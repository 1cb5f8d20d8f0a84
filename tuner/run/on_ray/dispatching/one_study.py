"""All devices for one study: what a launch gives its dispatcher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from tuner.run.on_ray.dispatching.trial_source import TrialSource
from tuner.study.trial import TrialSpec


class OneStudy:
    """The studies of a dispatcher that are one alone.

    Args:
        source: its trials.
    """

    def __init__(self, source: TrialSource) -> None:
        self._source = source

    @property
    def halted(self) -> bool:
        """Whether all work is to end."""
        return self._source.session.halted is not None

    def all(self) -> Sequence[TrialSource]:
        """Return every study's trials."""
        return [self._source]

    def in_turn(self) -> Sequence[TrialSource]:
        """Return those that want another device, the one first that gets the next."""
        return [self._source] if self._source.wants else []

    def begins(self, source: TrialSource, spec: TrialSpec) -> None:
        """Nothing is counted."""

    def ends(self, source: TrialSource, spec: TrialSpec) -> None:
        """Nothing is counted."""

    def tick(self) -> None:
        """Take in what other programs did."""
        self._source.session.tick()

    def broke(self, source: TrialSource, error: Exception) -> NoReturn:  # noqa: ARG002
        """Raise what a study raised: there is no other to go on with."""
        raise error
