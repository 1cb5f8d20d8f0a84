"""The trials of one study, for the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future

from tuner.run.on_ray.devices import Devices, Share
from tuner.run.on_ray.dispatching.retry_placement import RetryPlacement
from tuner.run.session import Session
from tuner.study.trial import TrialSpec


def any_node(_node_id: str) -> bool:
    """Allow every node."""
    return True


class TrialSource:
    """Asks a study for trials, each for the next worker that is free.

    With several devices one trial is asked for ahead, on a thread of its own, so that no device waits for the
    sampler; with one device each trial is asked for after the one before it was told, as the serial runner
    does it.

    Args:
        session: drives the study.
        share: what a trial gets of a node.
        train: trains a trial; pickled.
        devices: those of the cluster.
        asker: asks for trials; its thread has ended before the session does.
        allows: whether trials can run on a node, by its id; asked for each trial.
        never_waits: whether trials are always asked for ahead, because other studies would wait, too.

    Attributes:
        most: the most trials that may run at once, if there is a limit.
        running: the trials that workers have.
    """

    def __init__(
        self,
        session: Session,
        share: Share,
        train: bytes,
        devices: Devices,
        asker: Executor,
        *,
        allows: Callable[[str], bool] = any_node,
        most: int | None = None,
        never_waits: bool = False,
    ) -> None:
        self.session = session
        self.share = share
        self.train = train
        self.allows = allows
        self.most = most
        self.running: dict[int, TrialSpec] = {}
        self._devices = devices
        self._asker = asker
        self._never_waits = never_waits
        self._placement = RetryPlacement(lambda node_id: devices.on_another_node(share, node_id))
        self._next: Future[TrialSpec | None] | None = None

    @property
    def demand(self) -> int:
        """How many workers are of use to it."""
        if self.session.halted or self.nothing_waits:
            return len(self.running)
        remaining = self.session.study.remaining
        return remaining if self.most is None else min(remaining, self.most)

    @property
    def wants(self) -> bool:
        """Whether it has use for one more device than it has."""
        at_most = self.most is not None and len(self.running) >= self.most
        return not (at_most or self.nothing_waits or self.session.halted)

    @property
    def nothing_waits(self) -> bool:
        """Whether no trial can be had now: only one that ends can make room for another."""
        asked = self._next
        return not self._placement.waiting and asked is not None and asked.done() and asked.result() is None

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs, and nothing can be had."""
        return self.nothing_waits and not self.running

    @property
    def waiting(self) -> int:
        """How many trials were asked for and wait for a worker."""
        asked = self._next
        ahead = asked is not None and asked.done() and asked.result() is not None
        return self._placement.waiting + ahead

    @property
    def has_dropped(self) -> bool:
        """Whether trials wait that were asked for and lost their worker."""
        return bool(self._placement.waiting)

    def take(self, node_id: str) -> TrialSpec | None:
        """Return the next trial for a worker of this node; None if it is not known yet, or there is none."""
        alone = not self._never_waits and self._devices.count(self.share) <= 1
        while (spec := self._placement.take(node_id)) is None:
            if self._next is None:
                self._next = self._asker.submit(self.session.ask)
            if not (self._next.done() or alone):
                return None
            asked = self._next.result()
            if asked is None:  # kept until a trial ends: only that can make room for another
                spec = self._placement.take_any()
                break
            self._placement.add(asked)
            self._next = None
        if spec is not None:
            self.running[spec.number] = spec
            if self._next is None and not alone:
                self._next = self._asker.submit(self.session.ask)
        return spec

    def begins(self, spec: TrialSpec, place: Mapping[str, str]) -> None:
        """Note that a worker at this place trains a trial from here on."""
        self.session.started(spec)
        self.session.began(spec)
        self.session.placed(spec, place)

    def ended(self, spec: TrialSpec, lost: str | None = None) -> None:
        """Note that a worker has no longer this trial, and why it was lost if it was."""
        del self.running[spec.number]
        self.session.ended(spec, lost=lost)
        asked = self._next
        if asked is not None and not (asked.done() and asked.result()):
            # That there is no further trial may have been answered before this one was queued again.
            self._next = self._asker.submit(lambda: asked.result() or self.session.ask())

    def ask_again(self) -> None:
        """Ask for a trial although there was none: another program may have queued one."""
        self._next = None

    def settle(self) -> None:
        """Wait for what was asked for; its answer is not needed any more."""
        if self._next is not None:
            self._next.exception()
