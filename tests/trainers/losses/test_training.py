"""A short training with every loss of the union."""

from math import isfinite
from typing import Any

import pytest

from tests.trainers.losses.variants import SPECS, by_position
from trainers.trainer import Trainer


@pytest.mark.parametrize("spec", SPECS)
def test_a_short_training_learns_or_at_least_breaks_nothing(small: Any, spec: Any) -> None:
    batch: dict[str, Any] = {"classes": 6, "per_class": 4, "steps_per_epoch": 20}
    if by_position(spec):
        batch = {"name": "triplets", "anchors": 50}
    trainer = Trainer(small(loss=spec.model_dump(), epochs=3, batch=batch, lsdim=8))
    before = trainer.evaluate_split("validation")["recall_at_1"]
    after = list(trainer.fit())[-1].metrics
    assert all(isfinite(value) for value in after.values())
    assert after["recall_at_1"] > before
