"""Which sampler serves which space."""

from typing import Any, get_args

import pytest

from tuner.config.sampler_rules import SamplerName, sampler_complaints
from tuner.config.space.search_space import SearchSpace

FLOAT = {"search": "float", "low": 0.0, "high": 1.0}
INT = {"search": "int", "low": 0, "high": 5}
CHOICE = {"search": "categorical", "choices": [1, 2, 3]}
OPTIONS = {"search": "one_of", "options": [{"name": "a"}, {"name": "b"}]}
BRANCHES = {"search": "one_of", "options": [{"name": "a", "x": FLOAT}, {"name": "b"}]}

RANGES = {"a": FLOAT, "b": INT}
CHOICES = {"a": CHOICE, "b": OPTIONS}
MIXED = {"a": FLOAT, "b": CHOICE}
CONDITIONAL = {"a": BRANCHES, "b": FLOAT, "c": INT}
NOTHING: dict[str, Any] = {}


def complaints(
    sampler: SamplerName, train: dict[str, Any], objectives: int = 1, trials: int = 6
) -> list[str]:
    return sampler_complaints(sampler, SearchSpace.parse(train), objectives=objectives, trials=trials)


@pytest.mark.parametrize(
    ("sampler", "train", "objectives"),
    [
        *(("tpe", train, 2) for train in (RANGES, CHOICES, MIXED, CONDITIONAL, NOTHING)),
        *(("random", train, 2) for train in (RANGES, CHOICES, MIXED, CONDITIONAL, NOTHING)),
        *(("nsga2", train, 2) for train in (RANGES, CHOICES, MIXED, CONDITIONAL, NOTHING)),
        *(("gp", train, 2) for train in (RANGES, CHOICES, MIXED, NOTHING)),
        *(("qmc", train, 2) for train in (RANGES, CHOICES, MIXED, NOTHING)),
        ("cmaes", RANGES, 1),
        ("grid", CHOICES, 3),
    ],
)
def test_spaces_a_sampler_serves(sampler: SamplerName, train: dict[str, Any], objectives: int) -> None:
    assert complaints(sampler, train, objectives) == []


@pytest.mark.parametrize(
    ("sampler", "train", "objectives", "expected"),
    [
        ("gp", CONDITIONAL, 1, ["gp cannot search parameters inside the options of a one_of; use tpe"]),
        ("qmc", CONDITIONAL, 1, ["qmc cannot search parameters inside the options of a one_of; use tpe"]),
        ("grid", CONDITIONAL, 1, ["grid cannot search parameters inside the options of a one_of; use tpe"]),
        ("cmaes", RANGES, 2, ["cmaes serves one objective, this study has 2; use tpe or nsga2"]),
        ("cmaes", CHOICES, 1, ["cmaes cannot search categorical or one_of holes; use tpe"]),
        ("cmaes", MIXED, 1, ["cmaes cannot search categorical or one_of holes; use tpe"]),
        ("cmaes", {"a": FLOAT}, 1, ["cmaes needs at least 2 ranges, this space has 1; use tpe"]),
        ("cmaes", NOTHING, 1, ["cmaes needs at least 2 ranges, this space has 0; use tpe"]),
        (
            *("cmaes", CONDITIONAL, 2),
            [
                "cmaes cannot search parameters inside the options of a one_of; use tpe",
                "cmaes serves one objective, this study has 2; use tpe or nsga2",
                "cmaes cannot search categorical or one_of holes; use tpe",
            ],
        ),
        (
            *("grid", MIXED, 1),
            ["grid cannot search float or int ranges; list their values as categorical choices, or use qmc"],
        ),
        ("grid", NOTHING, 1, ["grid has 1 points, budget.trials is 6; set budget.trials to at most 1"]),
    ],
)
def test_spaces_a_sampler_would_search_at_random(
    sampler: SamplerName, train: dict[str, Any], objectives: int, expected: list[str]
) -> None:
    assert complaints(sampler, train, objectives) == expected


@pytest.mark.parametrize(("trials", "fits"), [(1, True), (6, True), (7, False)])
def test_a_grid_has_no_more_trials_than_points(trials: int, fits: bool) -> None:
    assert (complaints("grid", CHOICES, trials=trials) == []) is fits


@pytest.mark.parametrize(("trials", "fits"), [(18, True), (19, False)])
def test_a_grid_can_train_each_point_as_often_as_it_is_replicated(trials: int, fits: bool) -> None:
    space = SearchSpace.parse(CHOICES)
    found = sampler_complaints("grid", space, objectives=1, trials=trials, trainings=3)
    assert (found == []) is fits


def test_every_sampler_is_in_these_tables() -> None:
    assert set(get_args(SamplerName)) == {"auto", "tpe", "random", "nsga2", "gp", "cmaes", "qmc", "grid"}
