"""One launch's driver: brings a study, the machines and a runner together."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from tuner.config.study_config import StudyConfig
from tuner.errors import Unreachable
from tuner.run.early_stopping.reports import Seen
from tuner.run.files.trial_files import TrialFiles
from tuner.run.live.progress import Progress
from tuner.run.live.tally import Tally
from tuner.run.on_ray.auth import require_closed
from tuner.run.on_ray.environment import set_ray_environment
from tuner.run.on_ray.head_watchdog import watched_head, watched_processes
from tuner.run.running.same_data import SameData
from tuner.run.session import Session
from tuner.run.signals import StopSignal
from tuner.settings import Settings
from tuner.store.writing.store_thread import StoreThread
from tuner.study.driven import Driven
from tuner.study.trial import Train

_WAIT_SECONDS = 60  # for a cluster's first machine with a free device
_HEAD_LOST = "the cluster's head is gone"
_RAY_LOST = "Ray on this node is gone: its {process} has ended"


@dataclass(frozen=True)
class Start:
    """What a launch begins with.

    Attributes:
        study: what is driven.
        writer: writes down what becomes of it.
        folder: the study's; checkpoints go below it.
        tally: how what ended before ended.
        stop: whether the launch was told to end.
        seen: what earlier launches saw.
        files: removes what trials that have ended need no longer.
        data: fails trials that are trained on other data than those before.
    """

    study: Driven
    writer: StoreThread
    folder: Path
    tally: Tally
    stop: StopSignal
    seen: Seen = ()
    files: TrialFiles | None = None
    data: SameData | None = None

    def session(self, progress: Progress) -> Session:
        """Return the session that drives it.

        Args:
            progress: shows what happens.
        """
        return Session(
            self.study,
            self.writer,
            self.folder,
            progress,
            self.stop,
            seen=self.seen,
            files=self.files,
            data=self.data,
        )


class Driver:
    """Drives one study; each way to run it returns the session that it ended with.

    Args:
        config: the study's.
        settings: where studies, checkpoints and devices are.
        console: shows what happens.
        resume: the command that goes on after this one.
    """

    def __init__(self, config: StudyConfig, settings: Settings, console: Console, resume: str) -> None:
        self._config = config
        self._settings = settings
        self._resume = resume
        self._console = console
        self._session: Session | None = None

    def run_serially(self, start: Start, train: Train) -> Session:
        """Train one trial after another in this process."""
        from tuner.run.serial_runner import run_serially  # noqa: PLC0415

        with self._running(start) as session:
            run_serially(session, train, partial(self._end_hung, session))
        return session

    def run_on_ray(
        self, start: Start, train: Train, prepare: Callable[[], None], packages: tuple[Path, ...]
    ) -> Session:
        """Train one trial a device, on the settings' cluster or on this machine.

        Raises:
            UsageError: the cluster refuses us, or its machines lack what a trial needs.
            Unreachable: the cluster does not answer.
        """
        address = self._settings.ray_address
        set_ray_environment(address, insecure=self._settings.insecure)
        from tuner.run.on_ray.cluster import cluster  # noqa: PLC0415
        from tuner.run.on_ray.devices import share_for  # noqa: PLC0415 - Ray takes seconds to import
        from tuner.run.on_ray.node_gate import NodeGate  # noqa: PLC0415
        from tuner.run.on_ray.node_questions import NodeQuestions  # noqa: PLC0415
        from tuner.run.on_ray.nodes import check_nodes  # noqa: PLC0415
        from tuner.run.on_ray.runner import run_on_ray  # noqa: PLC0415

        with self._running(start) as session, ended_by_ray(start.stop), cluster(address, packages):
            start.stop.arm()  # starting Ray takes SIGTERM for itself
            if session.halted:
                return session
            if address and not self._settings.insecure:
                require_closed(address)
            with self._watched(session):
                wait_seconds = _WAIT_SECONDS if address else 0
                share = share_for(self._config.resources, start.stop, wait_seconds=wait_seconds)
                if not address:
                    run_on_ray(session, train, share)
                    return session
                folder = self._settings.runs_folder
                checked = check_nodes(share, prepare, folder, start.stop)
                gate = NodeGate(prepare, folder, session.progress.says, NodeQuestions(), checked)
                with gate.guarding():
                    run_on_ray(session, train, share, gate.allows)
        return session

    def _watched(self, session: Session) -> AbstractContextManager[None]:
        address = self._settings.ray_address
        if address:
            return watched_head(address, partial(self._end_without_head, session))
        return watched_processes(partial(self._end_without_ray, session))

    def _end_without_head(self, session: Session) -> None:
        """Ends this process: its main thread waits for Ray, which would answer nothing and then abort it."""
        session.abandon(_HEAD_LOST)
        self._print_last(
            session,
            f"{_HEAD_LOST}: {self._settings.ray_address}; start it again, and run the same command again",
        )
        os._exit(Unreachable.exit_code)

    def _end_without_ray(self, session: Session, process: str) -> None:
        """End this process, as without a head."""
        reason = _RAY_LOST.format(process=process)
        session.abandon(reason)
        self._print_last(session, f"{reason}; run the same command again")
        os._exit(Unreachable.exit_code)

    def _end_hung(self, session: Session, title: str) -> None:
        """Ends this process: a training hangs in its main thread."""
        session.abandon(f"{title} hung")
        self._print_last(
            session,
            f"{title} took too long, and with --serial it can only be ended with the launch; go on "
            f"with the next one: {self._resume}",
        )
        os._exit(Unreachable.exit_code)

    def end_late(self, seconds: float) -> None:
        """Leave the store as it should be, before a launch that did not end in time is ended by force."""
        session = self._session
        if session is not None:
            reason = session.halted or "its launch was ended"
            session.abandon(reason, seconds)
            self._print_last(session, f"{self._resume}  # {reason}")

    def _print_last(self, session: Session, message: str) -> None:
        session.progress.__exit__(None, None, None)
        self._console.print(message, highlight=False, markup=False, soft_wrap=True, style="red")

    @contextmanager
    def _running(self, start: Start) -> Iterator[Session]:
        with Progress(start.tally, self._console) as progress, start.session(progress) as self._session:
            yield self._session


@contextmanager
def ended_by_ray(stop: StopSignal) -> Iterator[None]:
    """End the block at a SIGTERM that comes while Ray starts, and has taken it for itself."""
    try:
        yield
    except SystemExit as ended:
        if ended.code != signal.SIGTERM:
            raise
        stop.note(signal.SIGTERM)
