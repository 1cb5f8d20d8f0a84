"""Places a retried trial on another node than the one that lost it, if there is one."""

from __future__ import annotations

from collections.abc import Callable

from tuner.study.trial import TrialSpec


class RetryPlacement:
    """Trials that were asked for and wait for a worker, in the order in which they came.

    Args:
        on_another_node: whether there are devices on another node than this one.
    """

    def __init__(self, on_another_node: Callable[[str], bool]) -> None:
        self._on_another_node = on_another_node
        self._waiting: list[TrialSpec] = []

    @property
    def waiting(self) -> int:
        """How many trials wait."""
        return len(self._waiting)

    def add(self, spec: TrialSpec) -> None:
        """Let a trial wait."""
        self._waiting.append(spec)

    def take(self, node_id: str) -> TrialSpec | None:
        """Return the first trial that a worker of this node should have, if there is one."""
        return self._pop(next((spec for spec in self._waiting if not self._avoids(spec, node_id)), None))

    def take_any(self) -> TrialSpec | None:
        """Return the first trial, also if this node lost it: an idle device is worse than a suspected one."""
        return self._pop(next(iter(self._waiting), None))

    def _avoids(self, spec: TrialSpec, node_id: str) -> bool:
        return spec.lost_on == node_id and self._on_another_node(node_id)

    def _pop(self, spec: TrialSpec | None) -> TrialSpec | None:
        if spec is not None:
            self._waiting.remove(spec)
        return spec
