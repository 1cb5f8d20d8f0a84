"""Trials that a node has lost: they go on at another one, if another trial can have the device here."""

from __future__ import annotations

from tuner.study.trial import TrialSpec


class Elsewhere:
    """Keeps trials that were given a device of the node that lost them.

    Attributes:
        freed: Ray's id of the node where a device was freed last; None if it is not known.
        waiting: the trials, in the order in which they were given back.
    """

    def __init__(self) -> None:
        self.freed: str | None = None
        self.waiting: list[TrialSpec] = []

    def wait(self, spec: TrialSpec) -> None:
        """Keeps one more; the device that it was given is free again."""
        self.waiting.append(spec)
        self.freed = spec.lost_on

    def take(self) -> TrialSpec | None:
        """The first that may have the free device, for all that is known."""
        return self._pop(next((spec for spec in self.waiting if spec.lost_on != self.freed), None))

    def take_any(self) -> TrialSpec | None:
        """The first, wherever the device is: no other trial wants it."""
        return self._pop(next(iter(self.waiting), None))

    def _pop(self, spec: TrialSpec | None) -> TrialSpec | None:
        if spec is not None:
            self.waiting.remove(spec)
        return spec
