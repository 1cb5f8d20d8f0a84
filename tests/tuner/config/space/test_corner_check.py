"""The corner check: what a training config refuses is reported with its place in the space."""

from typing import Any

import pytest

from formats.problems import ConfigProblems, Problem
from tuner.config.space.corner_check import corner_problems
from tuner.config.space.search_space import SearchSpace

MARGIN = {"search": "float", "low": -0.1, "high": 1.0}
TRAIN: dict[str, Any] = {
    "lsdim": {"search": "categorical", "choices": [2, 64]},
    "hidden": [{"search": "int", "low": 1, "high": 9}],
    "loss": {
        "search": "one_of",
        "options": [{"name": "plain"}, {"name": "triplet", "margin": MARGIN, "margn": 3}, {"name": "odd"}],
    },
}


def lines_of(*refuse: Any) -> list[str]:
    """The problems at the corners of TRAIN, where each of `refuse` is a path and what it says of a config."""

    def check(config: dict[str, Any]) -> None:
        problems = [Problem(path, message) for path, says in refuse if (message := says(config))]
        if problems:
            raise ConfigProblems(problems)

    problems = corner_problems(SearchSpace.parse(TRAIN), check)
    return [str(problem) for problem in problems]


def test_a_sound_space_has_no_problems() -> None:
    seen: list[dict[str, Any]] = []
    assert corner_problems(SearchSpace.parse(TRAIN), seen.append) == []
    one_at_a_time = seen[:7]
    assert {repr(config) for config in one_at_a_time} < {repr(config) for config in seen}
    assert any(config["lsdim"] == 64 and config["hidden"] == [9] for config in seen)
    assert any(config["lsdim"] == 64 and config["loss"].get("margin") == 1.0 for config in seen)


def test_two_parameters_that_exclude_each_other_are_never_set_together() -> None:
    train = {
        "loss": {"search": "one_of", "options": [{"name": "a", "x": MARGIN}, {"name": "b", "y": MARGIN}]},
    }
    pairs = [dict(corner.params) for corner in SearchSpace.parse(train).pair_points()]
    assert pairs
    assert not any({"loss.a.x", "loss.b.y"} <= set(params) for params in pairs)


@pytest.mark.parametrize(
    ("path", "says", "expected"),
    [
        (("seed",), lambda _: "is missing", ["seed: is missing"]),
        (("hidden",), lambda _: "too short", ["hidden: too short"]),
        ((), lambda _: "is hopeless", ["is hopeless"]),
        (
            ("loss", "margn"),
            lambda config: "margn" in config["loss"] and "unknown key of triplet; did you mean margin?",
            ["loss.options.1.margn: unknown key of triplet; did you mean margin?"],
        ),
        (
            ("loss", "name"),
            lambda config: config["loss"]["name"] == "odd" and "unknown loss",
            ["loss.options.2.name: unknown loss"],
        ),
        (
            ("loss",),
            lambda config: config["loss"]["name"] == "odd" and "needs a proxy",
            ["loss.options.2: needs a proxy"],
        ),
        (
            ("loss", "margin"),
            lambda config: config["loss"].get("margin", 1) < 0 and "Input should be greater than 0",
            ["loss.options.1.margin: -0.1: Input should be greater than 0 (low end of the range)"],
        ),
        (
            ("loss", "margin"),
            lambda config: config["loss"].get("margin") == 1.0 and "1.0: too large",
            ["loss.options.1.margin: 1.0: too large (high end of the range)"],
        ),
        (
            ("lsdim",),
            lambda config: config["lsdim"] == 64 and "too large",
            ["lsdim: 64: too large (one of the choices)"],
        ),
        (
            ("lsdim",),
            lambda _: "unwanted",
            ["lsdim: 2: unwanted (one of the choices)", "lsdim: 64: unwanted (one of the choices)"],
        ),
        (
            ("hidden", 0),
            lambda config: config["hidden"][0] == 9 and "too wide",
            ["hidden.0: 9: too wide (high end of the range)"],
        ),
        (
            ("hidden",),
            lambda config: config["lsdim"] == 64 and "too narrow",
            ["hidden: too narrow (when lsdim is 64)"],
        ),
        (
            ("hidden", 0),
            lambda config: config["loss"]["name"] == "triplet" and "too narrow",
            ['hidden.0: 1: too narrow (low end of the range) (when loss is "triplet")'],
        ),
        (
            ("loss",),
            lambda config: config["loss"].get("margin") == 1.0 and "too much",
            ["loss.options.1: too much (when loss.triplet.margin is 1.0)"],
        ),
        (
            (),
            lambda config: config["lsdim"] == 64 and config["hidden"] == [9] and "is hopeless",
            ["is hopeless (when hidden.0 is 9 and lsdim is 64)"],
        ),
        (
            ("loss",),
            lambda config: config["lsdim"] == 64 and config["loss"].get("margin") == 1.0 and "too much",
            ["loss.options.1: too much (when loss.triplet.margin is 1.0 and lsdim is 64)"],
        ),
    ],
)
def test_a_problem_is_told_once_and_where_it_was_written(path: Any, says: Any, expected: list[str]) -> None:
    assert lines_of((path, says)) == expected


def test_all_problems_are_lines_of() -> None:
    problems = lines_of(
        (("seed",), lambda _: "is missing"),
        (("lsdim",), lambda config: config["lsdim"] == 64 and "too large"),
        (("loss", "x"), lambda config: config["loss"]["name"] == "odd" and "is missing"),
    )
    assert problems == [
        "seed: is missing",
        "loss.options.2.x: is missing",
        "lsdim: 64: too large (one of the choices)",
    ]


def test_what_a_check_does_to_its_config_is_its_own_business() -> None:
    space = SearchSpace.parse(TRAIN)
    first = next(space.corners())
    corner_problems(space, dict.clear)
    assert next(space.corners()) == first


def test_other_exceptions_are_not_swallowed() -> None:
    def check(_config: dict[str, Any]) -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        corner_problems(SearchSpace.parse(TRAIN), check)


def test_an_unknown_key_whose_value_is_a_hole_is_named_once_where_it_stands() -> None:
    train = {"loss": {"minerr": {"search": "one_of", "options": [{"name": "hard"}, {"name": "all"}]}}}

    def refuse(_: dict[str, Any]) -> None:
        raise ConfigProblems([Problem(("loss", "minerr"), "unknown key", of_key=True)])

    assert [str(each) for each in corner_problems(SearchSpace.parse(train), refuse)] == [
        "loss.minerr: unknown key"
    ]
