"""What a search space is told about its batches: where, be it written out, a hole or a branch."""

from typing import Any

import pytest

from formats.messages import dotted
from tests.tuner.configs import toy_config
from tuner.config.space.corner_check import corner_problems
from tuner.config.space.search_space import SearchSpace
from tuner.run import trainable

STUDY = toy_config(objectives=[{"metric": "recall_at_1", "direction": "maximize"}])
TRIPLETS = {"name": "triplets", "anchors": {"search": "int", "low": 0, "high": 9}}
CLASSES = {"name": "classes", "classes": {"search": "int", "low": 1, "high": 9}, "per_class": 4}
LEAST_2 = "must be at least 2"


def told(batch: Any, miner: Any = "all") -> list[str]:
    loss = {"name": "triplet", "miner": {"name": miner}}
    train = {"dataset": {"name": "digits"}, "loss": loss, "batch": batch}
    found = corner_problems(SearchSpace.parse(train), lambda config: trainable.check(config, STUDY))
    return [f"{dotted(each.path)}: {each.message}" for each in found]


@pytest.mark.parametrize(
    ("batch", "problem"),
    [
        ({"classes": 1}, f"batch.classes: 1: {LEAST_2}"),
        ({"classes": 4, "per_class": 1}, f"batch.per_class: 1: {LEAST_2}"),
        (CLASSES, f"batch.classes: 1: {LEAST_2} (low end of the range)"),
        (
            {"classes": 4, "per_class": {"search": "categorical", "choices": [4, 1]}},
            f"batch.per_class: 1: {LEAST_2} (one of the choices)",
        ),
        (
            {"clases": 4},
            "batch.clases: unknown key; did you mean classes? allowed: ",
        ),
        ({"name": "triplet"}, 'batch.name: "triplet" is unknown; did you mean triplets? allowed: classes, '),
        (3, "batch: 3: expected a mapping"),
    ],
    ids=str,
)
def test_a_mistake_has_its_place(batch: Any, problem: str) -> None:
    (found,) = told(batch)
    assert found.startswith(problem)


def test_a_mistake_in_a_branch_has_its_place() -> None:
    options = [{"name": "classes", "classes": 4, "per_class": 1}, {"name": "classes2"}]
    assert told({"search": "one_of", "options": options}) == [
        f"batch.options.0.per_class: 1: {LEAST_2}",
        'batch.options.1.name: "classes2" is unknown; did you mean classes? allowed: classes, triplets',
    ]


def test_triplets_search_their_size() -> None:
    assert told(TRIPLETS, "sampled") == ["batch.anchors: 0: must be above 0 (low end of the range)"]
    sound = TRIPLETS | {"anchors": {"search": "int", "low": 1, "high": 9}}
    assert told(sound, "sampled") == []


def test_each_corner_needs_the_loss_that_goes_with_its_batch() -> None:
    miner = {"search": "categorical", "choices": ["all", "sampled"]}
    (found,) = told({"classes": 4}, miner)
    assert found.startswith('loss.miner.name: "sampled" takes the triplets that the batch was drawn as')
    assert found.endswith("(one of the choices)")
    assert told({"name": "triplets"}, miner) == []
    options = [CLASSES | {"classes": 4}, TRIPLETS | {"anchors": 4}]
    assert told({"search": "one_of", "options": options}) == []
