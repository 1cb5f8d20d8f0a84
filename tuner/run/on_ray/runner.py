"""Trials on a Ray cluster: Ray Tune starts a worker on each device, which runs one trial after another.

What Tune writes is thrown away. Nothing of ours may be pickled with it: the session holds the database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import ray
from ray import tune
from ray.tune.experiment import Trial
from ray.tune.search import Searcher

from tuner.run.on_ray import ray_internals
from tuner.run.on_ray.actor import TrialActor
from tuner.run.on_ray.devices import Devices, Share, ray_nodes
from tuner.run.on_ray.dispatching.dispatcher import Dispatcher
from tuner.run.on_ray.dispatching.one_study import OneStudy
from tuner.run.on_ray.dispatching.trial_source import TrialSource, any_node
from tuner.run.session import Session
from tuner.study.outcome import HOST_OUT_OF_MEMORY
from tuner.study.trial import Train, TrialSpec


def run_on_ray(
    session: Session, train: Train, share: Share, allows: Callable[[str], bool] = any_node
) -> None:
    """Train one study on all devices at once until its budget is met or the session is halted.

    Args:
        session: drives the study.
        train: trains a trial.
        share: what a trial gets of a node.
        allows: whether trials can run on a node, by its id.
    """
    devices = Devices(ray_nodes)
    with ThreadPoolExecutor(1, thread_name_prefix="sampler") as asker:
        source = TrialSource(session, share, pickled(train), devices, asker, allows=allows)
        dispatcher = Dispatcher(OneStudy(source), devices)
        with scratch(session.folder) as folder:
            while not session.halted:
                run_workers(dispatcher, folder)
                if session.halted or not (dispatcher.end_all() or session.settle()):
                    return


def run_workers(dispatcher: Dispatcher, folder: Path) -> None:
    """Let Ray Tune start workers, and pass on what they say, until none is of use or all are halted.

    Args:
        dispatcher: says which workers are of use, and what they do.
        folder: for what Tune writes.
    """
    tune.Tuner(
        tune.with_resources(TrialActor, _resources),
        tune_config=tune.TuneConfig(
            search_alg=WorkerSearcher(dispatcher),
            num_samples=-1,
            reuse_actors=True,
            trial_name_creator=_trial_name,
            trial_dirname_creator=_trial_name,
        ),
        run_config=tune.RunConfig(
            storage_path=str(folder),
            name="tune",
            stop=WorkerStopper(dispatcher),
            failure_config=tune.FailureConfig(max_failures=0),
            checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),  # a call of each worker
            callbacks=[WorkerCallback(dispatcher)],
            verbose=0,
        ),
    ).fit()


def pickled(train: Train) -> bytes:
    """Return what workers make a training function of, also one that is defined in a function or a test."""
    return bytes(ray.cloudpickle.dumps(train))  # type: ignore[no-untyped-call]


def _resources(config: dict[str, Any]) -> tune.PlacementGroupFactory:
    return tune.PlacementGroupFactory([{"CPU": config["cpus"], "GPU": config["gpus"]}])


class WorkerSearcher(Searcher):
    """Adapts studies to Ray Tune. Each trial of Tune's is a worker with a device, for many of the studies'.

    Were it one of the study's, a short trial would cost Tune's one thread several turns; and Tune gives the
    worker of a trial that ends to one whose own worker is still starting, and ends that one.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        super().__init__()
        self._dispatcher = dispatcher

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:  # type: ignore[override]
        """One more worker; None if there are enough; FINISHED if none is left and none is wanted."""
        share = self._dispatcher.add(trial_id)
        if share is not None:
            return asdict(share)
        return None if self._dispatcher.count else Searcher.FINISHED

    def on_trial_complete(
        self,
        trial_id: str,
        result: dict[str, Any] | None = None,  # noqa: ARG002
        error: bool = False,
    ) -> None:
        """Told by Tune once a worker; with an error the callback is told too, and knows which."""
        if not error:
            self._dispatcher.ended(trial_id)

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the store is the only state."""

    def restore(self, checkpoint_path: str) -> None:
        """Never called."""

    def __getstate__(self) -> dict[str, Any]:
        """Empty: Tune pickles its searcher to disk, and ours holds the database."""
        return {}


class WorkerStopper(tune.Stopper):
    """Sees every result first: passes it on, and says whether the worker, or all, should end."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Whether this worker should end; the next trial is sent to it before Tune asks for its next step."""
        if "place" in result:
            return not self._dispatcher.asks(trial_id, result["place"])
        return not self._dispatcher.reported(trial_id, result.get("report"))

    def stop_all(self) -> bool:
        """Whether all should end."""
        return self._dispatcher.studies.halted

    def __getstate__(self) -> dict[str, Any]:
        """Empty, as the searcher's."""
        return {}


class WorkerCallback(tune.Callback):
    """Keeps what is shown moving, the trials to their time, and the reason for which a worker was lost."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def on_step_end(self, iteration: int, trials: list[Trial], **info: Any) -> None:  # noqa: ARG002
        """Called at least ten times a second."""
        self._dispatcher.studies.tick()
        self._dispatcher.kill_overdue()

    def on_trial_start(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:  # noqa: ARG002
        """Called when a worker has its device."""
        self._dispatcher.started(trial.trial_id, RayProcess(trial.temporary_state.ray_actor))

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:  # noqa: ARG002
        """Called when a worker was lost: its training cannot raise (`reports_of`)."""
        file = Path(trial.error_file) if trial.error_file else None
        error_text = file.read_text() if file and file.exists() else ""
        self._dispatcher.ended(trial.trial_id, lost=why_lost(error_text))

    def __getstate__(self) -> dict[str, Any]:
        """Empty, as the searcher's."""
        return {}


@dataclass(frozen=True)
class RayProcess:
    """A worker's process, reached without Tune: Ray runs the calls of an actor in their order."""

    actor: Any

    def begin(self, spec: TrialSpec | None, train: bytes) -> None:
        """Send it a trial, or that it has none."""
        self.actor.begin.remote(spec and asdict(spec), train)

    def kill(self) -> None:
        """End it; Ray starts another on the device when one is wanted."""
        ray.kill(self.actor)


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
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for what Tune writes, gone afterwards; also what a killed driver left."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("tune-*"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix="tune-", dir=folder))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
