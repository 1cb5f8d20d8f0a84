"""Real trainings of digits, and what can be read from their figures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trainers.config import TrainConfig
from trainers.training.trainer import Trainer


@pytest.fixture
def trained(small: Callable[..., TrainConfig], tmp_path: Path) -> Callable[..., Trainer]:
    """Train a small config, save it as a search does, and hold the best epoch's weights."""

    def train(**changes: Any) -> Trainer:
        trainer = Trainer(small(epochs=3, **changes))
        for _ in trainer.fit():
            trainer.save(tmp_path)
        trainer.load_weights(tmp_path / "model.safetensors")
        return trainer

    return train
