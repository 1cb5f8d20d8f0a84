"""A study on a Ray cluster: our searcher, one warm actor a device, early stopping through a stopper.

Ray Tune schedules; what it writes is thrown away. Nothing of ours may be pickled with it: the session
holds the database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
from ray import tune
from ray.tune.experiment import Trial

from tuner.run.on_ray import ray_internals
from tuner.run.on_ray.actor import actor_for
from tuner.run.on_ray.devices import Devices
from tuner.run.on_ray.placement import RetryPlacement
from tuner.run.on_ray.searcher import StudySearcher
from tuner.run.session import Session
from tuner.study.trial import HOST_OUT_OF_MEMORY, Train


def run_on_ray(session: Session, train: Train, devices: Devices) -> None:
    """Train on all devices at once until the budget is met or the session is halted."""
    placement = RetryPlacement(devices.on_another_node)
    with _scratch(session.folder) as scratch, ThreadPoolExecutor(1, thread_name_prefix="sampler") as asker:
        searcher = StudySearcher(session, devices, placement, asker)
        while not session.halted:
            _tuner(session, searcher, train, devices, scratch).fit()
            if session.halted or not (searcher.lose_the_rest() or session.settle()):
                return


def _tuner(
    session: Session,
    searcher: StudySearcher,
    train: Train,
    devices: Devices,
    scratch: Path,
) -> tune.Tuner:
    actor = tune.with_resources(
        actor_for(train),
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
            checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),  # a call of each worker a trial
            callbacks=[Watcher(session, searcher)],
            verbose=0,
        ),
    )


class StudyStopper(tune.Stopper):
    """Sees every result first: passes the report on, and says whether the trial, or all, should end."""

    def __init__(self, session: Session, searcher: StudySearcher) -> None:
        self._session = session
        self._searcher = searcher

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Whether this trial should end."""
        spec, report = self._searcher.spec_of(trial_id), result.get("report")
        if spec is None:
            return True
        if result.get("avoided"):
            self._searcher.avoided(trial_id)
            return True
        if "place" in result:
            self._searcher.placed(trial_id, result["place"])
            return False
        return report is None or self._session.reported(spec, report)

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
        self._session.tick()
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


def why_lost(error_text: str) -> str:
    """The reason of a trial whose worker was lost; its last line is the reason in short.

    Args:
        error_text: Ray's error, below a line of Ray Tune's; empty if there is none.
    """
    lines = error_text.splitlines()[1:]
    cause = next((line for line in lines if line.strip()), "Ray does not say how").strip()
    if ray_internals.HOST_OUT_OF_MEMORY in cause:  # the lines after it list the node's processes
        return f"its worker was lost: {HOST_OUT_OF_MEMORY}: {cause}"
    return f"{error_text}\nits worker was lost: {cause}"


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
