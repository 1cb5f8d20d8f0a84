"""Places a retried trial on another node than the one that lost it, if there is one."""

from __future__ import annotations

from collections.abc import Callable

from tuner.study.trial import TrialSpec


class RetryPlacement:
    """Queues the trials that were given a device of the node that lost them, until another device is free.

    Ray Tune places a trial wherever a device is free; a worker of the excluded node gives it back.

    Args:
        on_another_node: whether there are devices on another node than this one.

    Attributes:
        queued: the trials, in the order in which they were given back.
    """

    def __init__(self, on_another_node: Callable[[str | None], bool]) -> None:
        self.queued: list[TrialSpec] = []
        self._on_another_node = on_another_node
        self._free_node: str | None = None

    def excluded_node(self, spec: TrialSpec) -> str | None:
        """The node that lost the trial, as long as there is another; None if it may run anywhere."""
        return spec.lost_on if self._on_another_node(spec.lost_on) else None

    def give_back(self, spec: TrialSpec) -> None:
        """Queue a trial; the device that it was given is free again."""
        self.queued.append(spec)
        self.device_freed(spec.lost_on)

    def device_freed(self, node_id: str | None) -> None:
        """Note on which node a device was freed last; None if it is not known."""
        self._free_node = node_id

    def take(self) -> TrialSpec | None:
        """The first trial that may have the free device, as far as it is known where that is."""
        free = self._free_node
        return self._pop(
            next((s for s in self.queued if free is None or self.excluded_node(s) != free), None)
        )

    def take_any(self) -> TrialSpec | None:
        """The first trial, wherever the free device is: no other trial wants it."""
        return self._pop(next(iter(self.queued), None))

    def _pop(self, spec: TrialSpec | None) -> TrialSpec | None:
        if spec is not None:
            self.queued.remove(spec)
        return spec
