"""A study on a Ray cluster: our searcher, one warm actor a device, early stopping through a stopper.

Ray Tune schedules; what it writes is thrown away. Nothing of ours may be pickled with it: the session
holds the database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import ray
from ray import tune
from ray.tune.experiment import Trial
from ray.tune.search import Searcher

from tuner.run.devices import Devices
from tuner.run.lost_worker import why_lost
from tuner.run.session import Session
from tuner.run.trial_actor import TrialActor
from tuner.study.trial import Train, TrialSpec


def run_on_ray(session: Session, train: Train, devices: Devices) -> None:
    """Trains on all devices at once until the budget is met or the session is halted."""
    with _scratch(session.folder) as scratch:
        while not session.halted:
            searcher = StudySearcher(session, devices)
            _tuner(session, searcher, train, devices, scratch).fit()
            if session.halted or not searcher.lose_the_rest():
                return


def _tuner(
    session: Session,
    searcher: StudySearcher,
    train: Train,
    devices: Devices,
    scratch: Path,
) -> tune.Tuner:
    actor = tune.with_resources(
        tune.with_parameters(TrialActor, train=train),
        {"cpu": devices.share.cpus, "gpu": devices.share.gpus},
    )
    return tune.Tuner(
        actor,
        tune_config=tune.TuneConfig(
            search_alg=searcher,
            num_samples=-1,
            reuse_actors=True,
            trial_name_creator=_trial_name,
            trial_dirname_creator=_trial_name,
        ),
        run_config=tune.RunConfig(
            storage_path=str(scratch),
            name="tune",
            stop=StudyStopper(session, searcher),
            failure_config=tune.FailureConfig(max_failures=0),
            callbacks=[Watcher(session, searcher)],
            verbose=0,
        ),
    )


class StudySearcher(Searcher):
    """Hands Ray Tune the study's trials, and the session what became of them.

    It counts the devices itself, at every turn: Tune would hold a study to those it began with. With several
    devices one trial is asked for ahead, so that none waits for the sampler; with one device each trial is
    asked for after the one before it was told, as the serial runner does it.
    """

    def __init__(self, session: Session, devices: Devices) -> None:
        super().__init__()
        self._session = session
        self._devices = devices
        self._next: Future[TrialSpec | None] | None = None
        self._running: dict[str, TrialSpec] = {}

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
            self._next = self._session.ask()
        if self._running and not self._next.done():
            return None
        spec = self._next.result()
        if spec is None and not self._running:
            # What was asked while another trial ended may not have seen that it is queued again.
            spec = self._session.ask().result()
        if spec is None:
            # The answer is kept until a trial ends: only that can make room for another.
            return None if self._running else Searcher.FINISHED
        self._next = self._session.ask() if devices > 1 else None
        self._running[trial_id] = spec
        self._session.started(spec)
        return {"spec": asdict(spec)}

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
        self._session.ended(spec, lost=lost)
        if self._next is not None and self._next.done() and self._next.result() is None:
            self._next = None

    def lose_the_rest(self) -> bool:
        """Ends what Tune dropped without a word; whether there was any, so that it must be run again."""
        dropped = list(self._running)
        for trial_id in dropped:
            self.ended(trial_id, lost="Ray Tune dropped it")
        return bool(dropped)

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the store is the only state."""

    def restore(self, checkpoint_path: str) -> None:
        """Never called."""

    def __getstate__(self) -> dict[str, Any]:
        """Empty: Tune pickles its searcher to disk, and ours holds the database."""
        return {}


class StudyStopper(tune.Stopper):
    """Sees every result first: passes the report on, and says whether the trial, or all, should end."""

    def __init__(self, session: Session, searcher: StudySearcher) -> None:
        self._session = session
        self._searcher = searcher

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Whether this trial should end."""
        spec, report = self._searcher.spec_of(trial_id), result.get("report")
        if spec is None or report is None:
            return True
        return self._session.reported(spec, report)

    def stop_all(self) -> bool:
        """Whether all should end."""
        return self._session.halted is not None

    def __getstate__(self) -> dict[str, Any]:
        """Empty, as the searcher's."""
        return {}


class Watcher(tune.Callback):
    """Keeps the live table moving, the trials to their time, and the reason for which a worker was lost."""

    def __init__(self, session: Session, searcher: StudySearcher) -> None:
        self._session = session
        self._searcher = searcher

    def on_step_end(self, iteration: int, trials: list[Trial], **info: Any) -> None:  # noqa: ARG002
        """Called about ten times a second; a worker that hangs is killed, and so its device is free."""
        self._session.progress.refresh()
        overdue = self._session.overdue()
        for trial in trials if overdue else ():
            actor = trial.temporary_state.ray_actor
            if actor is not None and self._searcher.spec_of(trial.trial_id) in overdue:
                ray.kill(actor)

    def on_trial_start(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:  # noqa: ARG002
        """Called when a worker is there for the trial."""
        spec = self._searcher.spec_of(trial.trial_id)
        if spec is not None:
            self._session.began(spec)

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:  # noqa: ARG002
        """Called when a worker was lost: its training cannot raise (`reports_of`)."""
        file = Path(trial.error_file) if trial.error_file else None
        said = file.read_text() if file and file.exists() else ""
        self._searcher.ended(trial.trial_id, lost=why_lost(said))

    def __getstate__(self) -> dict[str, Any]:
        """Empty, as the searcher's."""
        return {}


def _trial_name(trial: Trial) -> str:
    return str(trial.trial_id)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for what Tune writes, gone afterwards; also what a killed driver left."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("tune-*"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix="tune-", dir=folder))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
