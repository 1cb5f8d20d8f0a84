"""Training has to be worth its while."""

from typing import Any

from trainers.training.baselines import raw_pixels, untrained
from trainers.training.trainer import Trainer


def test_training_beats_pixels_and_what_it_starts_from(small: Any) -> None:
    config = small(backbone={"name": "mlp"}, lsdim=10, batch={"classes": 10, "per_class": 8}, epochs=8)
    trainer = Trainer(config)
    list(trainer.fit())
    best, pixels, start = trainer.best.metrics, raw_pixels(config), untrained(config)
    assert best["map_at_r"] > pixels["map_at_r"] + 0.2
    assert best["ari"] > pixels["ari"] + 0.15
    assert best["recall_at_1"] > start["recall_at_1"] + 0.2
    assert pixels["map_at_r"] > start["map_at_r"]
