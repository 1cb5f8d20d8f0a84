"""A short training with every loss of the union."""

from math import isfinite
from typing import Any

import pytest

from tests.trainers.losses.variants import SPECS, by_position
from trainers.training.trainer import Trainer

CLASSES = {"batch": {"classes": 6, "per_class": 4, "steps_per_epoch": 20}}
TRIPLETS = {"batch": {"name": "triplets", "anchors": 16}, "label_percent": 30}
DRAWN_AS_TRIPLETS = [param for param in SPECS if by_position(param.values[0])]
DRAWN_AS_CLASSES = [param for param in SPECS if param not in DRAWN_AS_TRIPLETS]
DEFAULTS = [param for param in SPECS if param.id == param.values[0].name]


def on(images: dict[str, Any], params: list[Any]) -> list[Any]:
    """Each loss with a way of drawing batches, under the loss's name."""
    name = images["batch"].get("name", "classes")
    return [pytest.param(*param.values, images, id=f"{param.id}-{name}") for param in params]


@pytest.mark.parametrize(
    ("spec", "images"), on(CLASSES, DRAWN_AS_CLASSES) + on(TRIPLETS, DEFAULTS + DRAWN_AS_TRIPLETS)
)
def test_a_short_training_learns_or_at_least_breaks_nothing(
    small: Any, spec: Any, images: dict[str, Any]
) -> None:
    trainer = Trainer(small(loss=spec.model_dump(), epochs=3, lsdim=8, **images))
    before = trainer.evaluate_split("validation")["recall_at_1"]
    after = list(trainer.fit())[-1].metrics
    assert all(isfinite(value) for value in after.values())
    assert after["recall_at_1"] > before
