"""One study that a service drives: opened, given devices, and ended, without holding up the others."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, StudyFailed, TunerError, Unreachable
from tuner.run.custom.loading import trainable_of
from tuner.run.ended import Launched, how_it_ended
from tuner.run.launch import Trainable, check_config
from tuner.run.live.progress import Progress
from tuner.run.node import prepare_all
from tuner.run.on_ray.devices import share_now
from tuner.run.on_ray.dispatching.trial_source import TrialSource, any_node
from tuner.run.on_ray.node_gate import NodeGate
from tuner.run.on_ray.runner import pickled
from tuner.run.opened import Opened, opened
from tuner.run.service.log import LineConsole, about
from tuner.run.service.surroundings import Surroundings
from tuner.run.signals import StopSignal
from tuner.store.database import naming_outages
from tuner.store.queue.queued_study import QueuedStudy, State
from tuner.store.reading.study_view import StudyView


@dataclass(frozen=True)
class Ending:
    """What became of a study that was driven.

    Attributes:
        state: the state that the queue gets; `queued` if it is to be driven again.
        reason: why, in a line, or None.
    """

    state: State
    reason: str | None = None


class DrivenStudy:
    """A study that a service drives; its beginning and its end run on threads of their own.

    Args:
        queued: its place in the queue.
        around: what it has in common with others.

    Attributes:
        stop: tells its session to end.
        start: what it began with, once it has begun.
        source: its trials, likewise.
        ending: what became of it, once it has ended.
    """

    def __init__(self, queued: QueuedStudy, around: Surroundings) -> None:
        self.queued = queued
        self.stop = StopSignal()
        self.source: TrialSource | None = None
        self.ending: Ending | None = None
        self._around = around
        self._broken: str | None = None
        self._stack = ExitStack()
        self._view: StudyView | None = None
        self.start: Opened | None = None
        self._gate: NodeGate | None = None
        self._work: Future[None] = around.workers.submit(self._open)

    @property
    def is_busy(self) -> bool:
        """Whether it is beginning or ending."""
        return not self._work.done()

    @property
    def problems(self) -> list[str]:
        """Why nodes cannot run its trials, a line each."""
        return list(self._gate.problems.values()) if self._gate else []

    @property
    def events_waiting(self) -> int:
        """How many of its events the store has not been told."""
        return len(self.start.writer.log) if self.start else 0

    def breaks(self, why: str) -> None:
        """Note that it cannot go on."""
        self._broken = self._broken or why

    @property
    def is_over(self) -> bool:
        """Whether it has no use for devices any more."""
        source = self.source
        return source is None or bool(self._broken or source.session.halted or source.is_idle)

    def end(self, *, wanted: bool) -> None:
        """Begin to end it; or go on if another program has made room for a trial meanwhile.

        Args:
            wanted: whether it is still queued.
        """
        self._work = self._around.workers.submit(self._end, wanted=wanted)

    def _say(self, line: str) -> None:
        self._around.log.say(line, self.queued.name)

    def _open(self) -> None:
        try:
            with about(self.queued.name), naming_outages(self._around.store.url):
                self.source = self._begin()
        except (Conflict, Unreachable) as error:  # which may pass
            self._leave(Ending("queued", _line(error)))
        except TunerError as error:
            self._leave(Ending("broken", _line(error)))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others go on
            self._leave(Ending("broken", f"{type(error).__name__}: {_line(error)}"))

    def _leave(self, ending: Ending) -> None:
        """Give back what it had, also if that fails: a study without an ending would be ended for ever."""
        try:
            self._stack.close()
        except Exception as error:  # noqa: BLE001 - that it could not begin counts
            self._say(_line(error))
        self.ending = ending

    def _begin(self) -> TrialSource:
        around, settings = self._around, self._around.settings
        self._view = view = around.store.load(self.queued.name)
        trainable = self._trainable(view.config)
        prepare = partial(prepare_all, trainable.prepare, view.config)
        if not settings.ray_address:
            prepare()
        enter = self._stack.enter_context
        begun = opened(view, view.config, settings.runs_folder, self.stop, code=trainable.code, say=self._say)
        self.start = enter(begun)
        self.start.writer.wrote = around.metrics.wrote
        session = enter(self.start.session(enter(Progress(self.start.tally, LineConsole(self._say)))))
        gate = NodeGate(prepare, settings.runs_folder, self._say, around.questions)
        self._gate = enter(gate.guarding())
        return TrialSource(
            session,
            share_now(view.config.resources),
            pickled(trainable.train),
            around.devices,
            around.asker,
            allows=self._gate.allows if settings.ray_address else any_node,
            most=self.queued.max_devices,
            never_waits=True,
        )

    def _trainable(self, config: StudyConfig) -> Trainable:
        """Return what trains the study, which it was checked against."""
        if config.trainable and not self._around.allow_code:
            raise Conflict(f"it runs code, {config.trainable}; a service started with --allow-code takes it")
        trainable = trainable_of(config, allow_code=self._around.allow_code)
        check_config(config, trainable)
        return trainable

    def _end(self, *, wanted: bool) -> None:
        source, start, view = self.source, self.start, self._view
        assert source is not None
        assert start is not None
        assert view is not None
        try:
            source.settle()
            if not (self._broken or source.session.halted) and source.session.settle():
                source.ask_again()
                return
            with naming_outages(self._around.store.url):
                self._stack.close()
            ended = how_it_ended(view, start.study, source.session, self.stop, f"tuner status {view.name}")
        except StudyFailed as error:
            self.ending = Ending("broken", _line(error))
        except TunerError as error:
            self.ending = Ending("queued", _line(error))
        except Exception as error:  # noqa: BLE001 - as when it was opened
            self.ending = Ending("broken", f"{type(error).__name__}: {_line(error)}")
        else:
            self.ending = _ending(ended, self.stop, wanted=wanted)
        if self._broken:
            self.ending = Ending("broken", self._broken)
        self.source = None


def _ending(ended: Launched, stop: StopSignal, *, wanted: bool) -> Ending:
    """Return what became of a study that did not break."""
    if not stop.received:
        return Ending("completed", ended.halted or ended.unmet)
    return Ending("queued") if wanted else Ending("stopped")


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
