"""All devices for the studies of a service, each its share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tuner.run.on_ray.dispatching.trial_source import TrialSource
from tuner.run.service.shares import Shares
from tuner.study.trial import TrialSpec


class SharedDevices:
    """The studies of a dispatcher that are many.

    Args:
        tick: done again and again.
        broke: told of a study, by its id, that raised.
    """

    def __init__(self, tick: Callable[[], None], broke: Callable[[int, Exception], None]) -> None:
        self.shares = Shares()
        self.halted = False
        self.tick = tick
        self._broke = broke
        self._sources: dict[int, TrialSource] = {}

    def add(self, study_id: int, source: TrialSource, priority: int) -> None:
        """Let a study have devices."""
        self._sources[study_id] = source
        self.shares.join(study_id, priority)

    def remove(self, study_id: int) -> TrialSource | None:
        """Let a study have no more devices; return its trials, if it had any."""
        self.shares.leave(study_id)
        return self._sources.pop(study_id, None)

    def all(self) -> Sequence[TrialSource]:
        """Return every study's trials."""
        return list(self._sources.values())

    def in_turn(self) -> Sequence[TrialSource]:
        """Return those that want another device, the one first that gets the next."""
        wanting = [study_id for study_id, source in self._sources.items() if source.wants]
        return [self._sources[study_id] for study_id in self.shares.in_turn(wanting)]

    def begins(self, source: TrialSource, spec: TrialSpec) -> None:
        """Note that a device is taken."""
        self.shares.begins(self._id_of(source), spec.number)

    def ends(self, source: TrialSource, spec: TrialSpec) -> None:
        """Note that a device is given back."""
        self.shares.ends(self._id_of(source), spec.number)

    def broke(self, source: TrialSource, error: Exception) -> None:
        """Note that a study raised; the others go on."""
        self._broke(self._id_of(source), error)

    def _id_of(self, source: TrialSource) -> int:
        return next((study_id for study_id, each in self._sources.items() if each is source), -1)
