"""The Ray actor that runs trials on a device, one after another.

Workers import this module, so it must need nothing of the driver's: no database, no sampler.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import ray
from ray import tune

from tuner.run.worker import reports_of
from tuner.study.trial import Report, Train, TrialSpec


def actor_for(train: Train) -> type[TrialActor]:
    """The actor whose trials are trained by `train`, which travels with its class.

    As an object in Ray's store it would be lost with this node, and Ray would then abort the driver at once.
    """

    class Actor(TrialActor):
        def setup(self, config: dict[str, Any]) -> None:
            self.train_with(train, config)

    return Actor


class TrialActor(tune.Trainable):
    """A worker of one device, which is kept for further trials; each step returns a report."""

    def train_with(self, train: Train, config: dict[str, Any]) -> None:
        """Prepare for the worker's first trial; called once a worker."""
        # At SIGTERM Ray raises SystemExit, as a training may do by itself; but then this worker is lost.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._train = train
        self.reset_config(config)

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Prepare for a further trial. It is only noted: what can go wrong belongs in `step`."""
        self._reports: Iterator[Report] | None = None
        self._spec = TrialSpec(**new_config["spec"])
        self._excluded_node: str | None = new_config["excluded_node"]
        return True

    def step(self) -> dict[str, Any]:
        """Return the next report, until a result says that the trial is done: at once on the excluded node.

        The first result says where the worker is, before anything is trained.
        """
        if self._reports is None:
            place = _place()
            if self._excluded_node == place["node_id"]:
                return {"avoided": True, "done": True}
            self._reports = reports_of(self._train, self._spec, place)
            return {"place": place}
        report = next(self._reports, None)
        return {"report": report, "done": report is None or report.is_last}

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Save nothing: checkpoints are the trainer's own, and the store knows them."""

    def load_checkpoint(self, checkpoint: Any) -> None:
        """Never called: Tune restores nothing here."""


def _place() -> dict[str, str]:
    """Where this worker runs: its host, Ray's node on it, and the GPUs that Ray gave to it alone."""
    gpus = ray.get_gpu_ids()
    return {
        "node": socket.gethostname(),
        "node_id": ray.get_runtime_context().get_node_id(),
        "device": "gpu:" + ",".join(str(gpu) for gpu in gpus) if gpus else f"cpu:{os.getpid()}",
    }
