"""Which sampler a mapping means, what a wrong one is told, and which loss each goes with."""

from typing import Any

import pytest
from pydantic import ValidationError

from trainers.config import TrainConfig
from trainers.data.batch_samplers import ClassSampler, TripletSampler
from trainers.specs import explain
from trainers.training.trainer import Trainer

SAMPLED = {"name": "triplet", "miner": {"name": "sampled"}}
BASE: dict[str, Any] = {"dataset": {"name": "digits"}, "loss": {"name": "triplet"}}


def test_without_a_name_it_is_classes() -> None:
    assert TrainConfig.model_validate(BASE).batch == ClassSampler()
    assert TrainConfig.model_validate(BASE | {"batch": {"per_class": 3}}).batch == ClassSampler(per_class=3)
    named = {"batch": {"name": "triplets", "anchors": 7}, "loss": SAMPLED}
    assert TrainConfig.model_validate(BASE | named).batch == TripletSampler(anchors=7)
    assert TrainConfig.model_validate(BASE | {"batch": ClassSampler(classes=3)}).batch.size == 24


@pytest.mark.parametrize("batch", [{"classes": 3}, {"name": "triplets"}])
def test_it_survives_json(batch: dict[str, Any], small: Any) -> None:
    config = small(batch=batch, loss=SAMPLED if "name" in batch else BASE["loss"])
    assert TrainConfig.model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"batch": {"classes": 1}},
            "batch.classes: 1: must be at least 2",
        ),
        (
            {"batch": {"classes": 4, "per_class": 1}},
            "batch.per_class: 1: must be at least 2",
        ),
        (
            {"batch": {"clases": 4}},
            "batch.clases: unknown key; did you mean classes? allowed: classes, name, per_class, "
            "steps_per_epoch",
        ),
        (
            {"batch": {"name": "triplets", "classes": 4}, "loss": SAMPLED},
            "batch.classes: unknown key; allowed: anchors, name",
        ),
        (
            {"batch": {"name": "triplet"}},
            'batch.name: "triplet" is unknown; did you mean triplets? allowed: classes, triplets',
        ),
        ({"batch": 3}, "batch: 3: expected a mapping"),
        (
            {"loss": SAMPLED},
            'loss.miner.name: "sampled" takes the triplets that the batch was drawn as',
        ),
    ],
    ids=str,
)
def test_a_mistake_is_one_line_with_its_path(changes: dict[str, Any], line: str) -> None:
    data = BASE | changes
    with pytest.raises(ValidationError) as caught:
        TrainConfig.model_validate(data)
    (found,) = explain(caught.value, data).splitlines()
    assert found.startswith(line)


def test_a_training_on_triplets_learns_and_resumes_bit_for_bit(small: Any, tmp_path: Any) -> None:
    config = small(batch={"name": "triplets", "anchors": 40}, loss=SAMPLED, label_percent=20, epochs=4)
    straight, first, second = (Trainer(config) for _ in range(3))
    before = straight.evaluate_split("validation")["recall_at_1"]
    list(straight.fit())
    step = first.fit()
    next(step), next(step)
    second.restore(first.save(tmp_path))
    list(second.fit())
    last, again = straight.history[-1].metrics, second.history[-1].metrics
    assert last["recall_at_1"] > before
    assert (last["loss"], last["recall_at_1"]) == (again["loss"], again["recall_at_1"])
    assert straight.batches.steps == 6  # 216 labelled images, 40 anchors a batch
    assert straight.facts()["classes_per_batch"] == 10
