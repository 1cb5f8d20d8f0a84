"""What Ray Tune asks for its next trial: the study, through the driver's session."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import asdict
from typing import Any

from ray.tune.search import Searcher

from tuner.run.on_ray.devices import Devices
from tuner.run.on_ray.placement import RetryPlacement
from tuner.run.session import Session
from tuner.study.trial import TrialSpec


class StudySearcher(Searcher):
    """Adapts a study to Ray Tune: suggests its trials and reports their outcomes.

    It counts the devices itself, at every turn: Tune would hold a study to those it began with. With several
    devices one trial is asked for ahead, on a thread of its own, so that none waits for the sampler; with one
    device each trial is asked for after the one before it was told, as the serial runner does it.

    A retried trial is placed on another node than the one that lost it, if there is one and another trial can
    have the device meanwhile: Tune places a trial wherever a device is free, and a worker of that node gives
    it back.

    Args:
        session: the driver's.
        devices: those of the cluster.
        placement: the retried trials that wait for another node.
        asker: asks for trials; its thread has ended before the session does.
    """

    def __init__(
        self, session: Session, devices: Devices, placement: RetryPlacement, asker: Executor
    ) -> None:
        super().__init__()
        self._session = session
        self._devices = devices
        self._asker = asker
        self._next: Future[TrialSpec | None] | None = None
        self._running: dict[str, TrialSpec] = {}
        self._node_of: dict[str, str] = {}
        self._placement = placement

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:  # type: ignore[override]
        """The next trial; None if it is not known yet; FINISHED if there will be none."""
        if self._session.halted and not self._running:
            return Searcher.FINISHED
        devices = self._devices.count
        self._session.progress.sees(devices)
        # Without any device one trial waits for the first that comes, or it is seen that none is left to run.
        if self._running and len(self._running) >= devices:
            return None
        if self._next is None:
            self._next = self._asker.submit(self._session.ask)
        if (spec := self._placement.take()) is None:
            if self._running and not self._next.done():
                return None
            spec = self._fresh(devices)
        if spec is not None:
            return self._start(trial_id, spec, excluded=self._placement.excluded_node(spec))
        if (spec := self._placement.take_any()) is not None:
            return self._start(trial_id, spec, excluded=None)
        # The answer is kept until a trial ends: only that can make room for another.
        return None if self._running else Searcher.FINISHED

    def _fresh(self, devices: int) -> TrialSpec | None:
        assert self._next is not None
        spec = self._next.result()
        if spec is not None:
            self._next = self._asker.submit(self._session.ask) if devices > 1 else None
        return spec

    def _start(self, trial_id: str, spec: TrialSpec, excluded: str | None) -> dict[str, Any]:
        self._running[trial_id] = spec
        self._session.started(spec)
        return {"spec": asdict(spec), "excluded_node": excluded}

    def avoided(self, trial_id: str) -> None:
        """Told of a trial that was given back by the node that had lost it."""
        spec = self._running.pop(trial_id)
        self._session.waits(spec)
        self._placement.give_back(spec)

    def placed(self, trial_id: str, place: Mapping[str, str]) -> None:
        """Told where a trial runs, before it is trained: a worker may be lost before its first report."""
        self._node_of[trial_id] = place["node_id"]
        self._session.placed(self._running[trial_id], place)

    def spec_of(self, trial_id: str) -> TrialSpec | None:
        """The study's trial behind one of Tune's that still runs."""
        return self._running.get(trial_id)

    def on_trial_complete(
        self,
        trial_id: str,
        result: dict[str, Any] | None = None,  # noqa: ARG002
        error: bool = False,
    ) -> None:
        """Told by Tune once a trial; with an error the watcher is told too, and knows which."""
        if not error:
            self.ended(trial_id)

    def ended(self, trial_id: str, lost: str | None = None) -> None:
        """Passes on that a trial has ended, and how its worker was lost if it was."""
        spec = self._running.pop(trial_id, None)
        if spec is None:
            return
        self._placement.device_freed(self._node_of.pop(trial_id, None))
        self._session.ended(spec, lost=lost)
        asked = self._next
        if asked is not None and not (asked.done() and asked.result()):
            # That there is no further trial may have been answered before this one was queued again.
            self._next = self._asker.submit(lambda: asked.result() or self._session.ask())

    def lose_the_rest(self) -> bool:
        """Ends what Tune dropped without a word; whether anything is left for which it must be run again."""
        dropped = list(self._running)
        for trial_id in dropped:
            self.ended(trial_id, lost="Ray Tune dropped it")
        return bool(dropped or self._placement.queued)

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the store is the only state."""

    def restore(self, checkpoint_path: str) -> None:
        """Never called."""

    def __getstate__(self) -> dict[str, Any]:
        """Empty: Tune pickles its searcher to disk, and ours holds the database."""
        return {}
