"""A training that sleeps, and notes when it did; ours as a user writes it, and the same for Ray Tune."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ray import tune

from tuner.own_trainer import Run

METRIC = "score"


class Sleeper:
    """For `trainable:` of a study."""

    metrics = (METRIC,)

    def train(self, config: Mapping[str, Any], run: Run) -> Iterator[dict[str, float]]:
        """Train for all epochs, each of which sleeps."""
        for _ in range(run.epochs):
            yield {METRIC: slept(config)}


class StockSleeper(tune.Trainable):
    """For a `tune.Tuner`."""

    def setup(self, config: dict[str, Any]) -> None:
        """Take the first trial."""
        self._config = config

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Take a further one: a worker is kept warm, as ours are."""
        self._config = new_config
        return True

    def step(self) -> dict[str, Any]:
        """Train for one epoch."""
        return {METRIC: slept(self._config), "done": True}

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Nothing."""

    def load_checkpoint(self, checkpoint: Any) -> None:
        """Never called."""


def slept(config: Mapping[str, Any]) -> float:
    """Sleep; note from when to when in a file of this process, which is one device."""
    began = time.time()
    time.sleep(config["seconds"])
    with (Path(config["spans"]) / f"{os.getpid()}.txt").open("a") as file:
        file.write(f"{began!r} {time.time()!r}\n")
    x, y = float(config["x"]), float(config["y"])
    return 1 - (x - 0.3) ** 2 - (y - 0.6) ** 2
