"""Trials that a node has lost: they go on at another one, if another trial can have the device here."""

from __future__ import annotations

from collections.abc import Callable

from tuner.study.trial import TrialSpec


class Elsewhere:
    """Keeps trials that were given a device of the node that lost them.

    Args:
        is_elsewhere: whether there are devices on another of Ray's nodes than this one.

    Attributes:
        waiting: the trials, in the order in which they were given back.
    """

    def __init__(self, is_elsewhere: Callable[[str | None], bool]) -> None:
        self.waiting: list[TrialSpec] = []
        self._is_elsewhere = is_elsewhere
        self._freed: str | None = None

    def avoided_by(self, spec: TrialSpec) -> str | None:
        """The node that a trial is to keep away from, as long as there is another."""
        return spec.lost_on if self._is_elsewhere(spec.lost_on) else None

    def wait(self, spec: TrialSpec) -> None:
        """Keeps one more; the device that it was given is free again."""
        self.waiting.append(spec)
        self.frees(spec.lost_on)

    def frees(self, node_id: str | None) -> None:
        """Says on which node a device was freed last; None if it is not known."""
        self._freed = node_id

    def take(self) -> TrialSpec | None:
        """The first that may have the free device, for all that is known."""
        fit = (spec for spec in self.waiting if self._freed is None or self.avoided_by(spec) != self._freed)
        return self._pop(next(fit, None))

    def take_any(self) -> TrialSpec | None:
        """The first, wherever the device is: no other trial wants it."""
        return self._pop(next(iter(self.waiting), None))

    def _pop(self, spec: TrialSpec | None) -> TrialSpec | None:
        if spec is not None:
            self.waiting.remove(spec)
        return spec
