"""The Ray actor that runs trials on a device, one after another.

Workers import this module, so it must need nothing of the driver's: no database, no sampler.
"""

from __future__ import annotations

import pickle
import signal
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from ray import tune

from tuner.run.on_ray.devices import this_device
from tuner.run.worker import reports_of
from tuner.study.trial import Report, Train, TrialSpec

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.005, 0.5
"""How long a worker without a trial waits before it asks again: at first, and at most."""


class TrialActor(tune.Trainable):
    """The worker of a device.

    A step returns a report of the trial that was begun last; without one it returns where the worker is, and
    so asks for a trial.
    """

    def setup(self, config: dict[str, Any]) -> None:  # noqa: ARG002
        """Prepare for the worker's first trial; called once a worker."""
        # At SIGTERM Ray raises SystemExit, as a training may do by itself; but then this worker is lost.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._place = this_device()
        self.begin(None, b"")

    def reset_config(self, new_config: dict[str, Any]) -> bool:  # noqa: ARG002
        """Prepare the worker to be used again, after it had no trial for a while."""
        self.begin(None, b"")
        return True

    def begin(self, spec: Mapping[str, Any] | None, train: bytes) -> None:
        """Run this trial from the next step on, or none.

        It is only noted: what can go wrong belongs in `step`.

        Args:
            spec: the trial's `TrialSpec` as a mapping.
            train: what trains it, pickled. As an object in Ray's store it would be lost with the driver's
                node, and Ray would then abort the driver at once.
        """
        self._reports: Iterator[Report] | None = None
        if spec is not None:
            self._reports = reports_of(partial(_train, train), TrialSpec(**spec), self._place)
        self._pause_seconds = 0.0

    def step(self) -> dict[str, Any]:
        """Return the next report, None if a trial ends without a last one; the place if no trial runs."""
        if self._reports is None:
            time.sleep(self._pause_seconds)  # a sampler may take seconds; the driver answers every step
            self._pause_seconds = min(2 * self._pause_seconds + PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
            return {"place": self._place}
        report = next(self._reports, None)
        if report is None or report.is_last:
            self._reports = None
        return {"report": report}

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Save nothing: checkpoints are the trainer's own, and the store knows them."""

    def load_checkpoint(self, checkpoint: Any) -> None:
        """Never called: Tune restores nothing here."""


def _train(train: bytes, spec: TrialSpec) -> Iterator[Report]:
    """Train with what was sent; that it cannot be read here is what the trial reports."""
    return _unpickled(train)(spec)


@lru_cache(maxsize=64)
def _unpickled(train: bytes) -> Train:
    loaded: Train = pickle.loads(train)
    return loaded
