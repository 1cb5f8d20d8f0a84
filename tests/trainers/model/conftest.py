"""Real trainings, written as models."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.model.embedded import ORIGIN
from trainers.config import TrainConfig
from trainers.model.writing import write_model
from trainers.training.trainer import Trainer


@pytest.fixture
def trained(small: Callable[..., TrainConfig], tmp_path: Path) -> Callable[..., Trainer]:
    """Train a config and save it as a search does, into `training`; hold the best epoch's weights."""

    def train(**changes: Any) -> Trainer:
        trainer = Trainer(small(**({"epochs": 2} | changes)))
        for _ in trainer.fit():
            trainer.save(tmp_path / "training")
        trainer.load_weights(tmp_path / "training" / "model.safetensors")
        return trainer

    return train


@pytest.fixture
def written(trained: Callable[..., Trainer], tmp_path: Path) -> Callable[..., tuple[Trainer, Path]]:
    """Train a config, and write its model into `model`."""

    def write(**changes: Any) -> tuple[Trainer, Path]:
        trainer = trained(**changes)
        write_model(tmp_path / "training", tmp_path / "model", ORIGIN)
        return trainer, tmp_path / "model"

    return write
