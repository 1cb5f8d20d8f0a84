"""A short training with every loss of the union."""

from math import isfinite
from typing import Any

import pytest

from tests.trainers.losses.variants import SPECS, by_position
from trainers.training.trainer import Trainer

CLASSES = {"classes": 6, "per_class": 4, "steps_per_epoch": 20}
TRIPLETS = {"name": "triplets", "anchors": 50}


def on(batch: dict[str, Any], params: list[Any]) -> list[Any]:
    """Each loss with a batch, under the loss's name."""
    name = batch.get("name", "classes")
    return [pytest.param(*param.values, batch, id=f"{param.id}-{name}") for param in params]


@pytest.mark.parametrize(
    ("spec", "batch"),
    on(CLASSES, [param for param in SPECS if not by_position(param.values[0])]) + on(TRIPLETS, SPECS),
)
def test_a_short_training_learns_or_at_least_breaks_nothing(
    small: Any, spec: Any, batch: dict[str, Any]
) -> None:
    trainer = Trainer(small(loss=spec.model_dump(), epochs=3, batch=batch, lsdim=8))
    before = trainer.evaluate_split("validation")["recall_at_1"]
    after = list(trainer.fit())[-1].metrics
    assert all(isfinite(value) for value in after.values())
    assert after["recall_at_1"] > before
