"""Holes: what may be searched over, and the messages about the rest."""

from typing import Any

import pytest

from formats.messages import dotted
from formats.problems import ConfigProblems, Problem
from formats.yaml.reading import read_tree
from tuner.config.space.search_space import SearchSpace

FLOAT = {"search": "float", "low": 0, "high": 1}


def parsed(text: str) -> Any:
    return read_tree(text, lambda _line, _column: "test").data


def problems_of(train: dict[str, Any]) -> list[Problem]:
    with pytest.raises(ConfigProblems) as caught:
        SearchSpace.parse(train)
    return caught.value.problems


@pytest.mark.parametrize(
    "hole",
    [
        "{search: float, low: 0, high: 1}",
        "{search: float, low: -1.5, high: 1e300, log: false}",
        "{search: float, low: 1e-8, high: 1, log: true}",
        "{search: float, low: 0.1, high: 0.7, step: 0.1}",
        "{search: float, low: 0.0, high: 0.3, step: 0.1}",
        "{search: float, low: 0, high: 1, step: 1, log: false}",
        "{search: float, low: 0, high: 1, step: null}",
        "{search: int, low: 0, high: 1}",
        "{search: int, low: -4, high: 1e3}",
        "{search: int, low: 1, high: 1024, log: true}",
        "{search: int, low: 2, high: 10, step: 4}",
        "{search: categorical, choices: [1]}",
        "{search: categorical, choices: [a, 2, 0.5, false, null, '']}",
        "{search: categorical, choices: [1st, e5, none, 0xyz, 1.2.3, 'true']}",
        "{search: one_of, options: [{name: a}]}",
        "{search: one_of, options: [{name: a}, {name: a, label: b}, {label: c, y: 1}, null]}",
        "{search: one_of, options: [{name: a b}, {name: b, y: {search: int, low: 0, high: 1}}]}",
    ],
)
def test_sound_holes_are_read(hole: str) -> None:
    assert SearchSpace.parse({"x": parsed(hole)}).names[0] == "x"


@pytest.mark.parametrize(
    ("hole", "path", "message"),
    [
        ("{search: flaot}", "x.search", '"flaot" is unknown; did you mean float? allowed: categorical, '),
        ("{search: null}", "x.search", "null is unknown; allowed: categorical"),
        ("{search: [float]}", "x.search", "a list is unknown; allowed: categorical"),
        ("{search: float, low: 0}", "x.high", "is missing"),
        ("{search: float, low: 0, high: 1, hihg: 2}", "x.hihg", "unknown key; did you mean high? allowed: "),
        ("{search: float, low: 0, high: 1, choices: [1]}", "x.choices", "unknown key; "),
        ("{search: float, low: a, high: 1}", "x.low", '"a": expected a number'),
        ("{search: float, low: '0', high: 1}", "x.low", '"0": expected a number'),
        ("{search: float, low: true, high: 1}", "x.low", "true: expected a number"),
        ("{search: float, low: 0, high: 1, log: 1}", "x.log", "1: expected true or false"),
        (
            "{search: float, low: 0.5, high: 0.5}",
            "x",
            "low and high are both 0.5; write 0.5 in place of the hole",
        ),
        ("{search: float, low: 1, high: 0.5}", "x", "low 1.0 is above high 0.5"),
        ("{search: float, low: -1e308, high: 1e308}", "x", "too wide for a float"),
        ("{search: float, low: 0, high: 1, log: true}", "x", "log needs low above 0, got low 0.0"),
        ("{search: float, low: 1, high: 2, log: true, step: 0.1}", "x", "log and step exclude each other"),
        ("{search: float, low: 0, high: 1, step: 0}", "x", "step must be above 0, got 0.0"),
        ("{search: float, low: 0, high: 1, step: -0.5}", "x", "step must be above 0"),
        ("{search: float, low: 0, high: 1, step: 0.3}", "x", "from 0.0 to 1.0: the last value would be 0.9"),
        ("{search: float, low: 0, high: 1, step: 2}", "x", "does not divide the range"),
        ("{search: float, low: 0, high: 1e300, step: 1e-300}", "x", "more than 1000000000 values"),
        ("{search: int, low: 0, high: 1.5}", "x.high", "1.5: expected a whole number"),
        ("{search: int, low: '1', high: 2}", "x.low", '"1": expected a whole number'),
        ("{search: int, low: false, high: 2}", "x.low", "false: expected a whole number"),
        ("{search: int, low: 3, high: 3}", "x", "low and high are both 3"),
        ("{search: int, low: 0, high: 9007199254740993}", "x.high", "must be at most 9007199254740992"),
        ("{search: int, low: 0, high: 5, step: 2}", "x", "the last value would be 4; correct high or step"),
        ("{search: int, low: 0, high: 5, step: 0}", "x", "step must be above 0"),
        ("{search: int, low: 0, high: 5, log: true}", "x", "log needs low above 0"),
        ("{search: int, low: 1, high: 5, log: true, step: 2}", "x", "log and step exclude each other"),
        ("{search: categorical}", "x.choices", "is missing"),
        ("{search: categorical, choices: []}", "x.choices", "needs at least one entry"),
        ("{search: categorical, choices: abc}", "x.choices", '"abc": expected a list'),
        ("{search: categorical, choices: [a, a]}", "x.choices", '"a" and "a" are the same choice'),
        ("{search: categorical, choices: [1, true]}", "x.choices", "1 and true are the same choice"),
        ("{search: categorical, choices: [1, 1.0]}", "x.choices", "1 and 1.0 are the same choice"),
        ("{search: categorical, choices: [1, [2]]}", "x.choices.1", "a choice is a single value, got a list"),
        ("{search: categorical, choices: [{name: a}]}", "x.choices.0", "for mappings use search: one_of"),
        (
            "{search: categorical, choices: ['1e-6']}",
            "x.choices.0",
            "string that looks like a number; remove the quotes",
        ),
        ("{search: categorical, choices: [1_000]}", "x.choices.0", "looks like a number"),
        ("{search: categorical, choices: ['0x1F']}", "x.choices.0", "looks like a number"),
        ("{search: categorical, choices: ['nan']}", "x.choices.0", "looks like a number"),
        ("{search: categorical, choices: [None]}", "x.choices.0", '"None" is a string; write null'),
        ("{search: one_of}", "x.options", "is missing"),
        ("{search: one_of, options: []}", "x.options", "needs at least one entry"),
        ("{search: one_of, options: {name: a}}", "x.options", "a mapping: expected a list"),
        ("{search: one_of, options: [a, b]}", "x.options.0", '"a": expected a mapping'),
        (
            "{search: one_of, options: [{margin: 1}]}",
            "x.options.0",
            "has neither name nor label",
        ),
        ("{search: one_of, options: [{name: 3}]}", "x.options.0", "3: the name of an option"),
        (
            "{search: one_of, options: [{name: a.b}]}",
            "x.options.0",
            "must be a printable string without dots",
        ),
        ("{search: one_of, options: [{name: ''}]}", "x.options.0", '"": the name of an option'),
        ("{search: one_of, options: [{name: a}, {name: a}]}", "x.options", '"a" and "a" are the same choice'),
        (
            "{search: one_of, options: [{name: a}, {name: b, label: a}]}",
            "x.options",
            "give one of them a label",
        ),
        ("{search: one_of, options: [null, {label: none}]}", "x.options", '"none" and "none" are the same'),
        ("{search: one_of, options: [{name: a, label: b.c}]}", "x.options.0", "the label of an option must"),
        ("{search: one_of, options: [{search: int, low: 0, high: 1}]}", "x.options.0", "expected a map"),
        (
            "{search: one_of, options: [{name: {search: int, low: 0, high: 1}}]}",
            "x.options.0",
            "an option must",
        ),
        (
            "{search: one_of, options: [{name: a, y: {search: int, low: 0}}]}",
            "x.options.0.y.high",
            "is missing",
        ),
        (
            "{search: one_of, options: [{name: a, y: {search: int, low: 9, high: 0}}]}",
            "x.options.0.y",
            "low 9 is above",
        ),
        ("{search: float, low: {search: int, low: 0, high: 1}, high: 1}", "x.low", "expected a number"),
    ],
)
def test_broken_holes_are_explained(hole: str, path: str, message: str) -> None:
    messages = {dotted(each.path): each.message for each in problems_of({"x": parsed(hole)})}
    assert message in messages[path]


@pytest.mark.parametrize(
    ("train", "path", "message"),
    [
        ({"a.b": 1}, "a.b", '"a.b": a key must be a printable string without dots'),
        ({"deep": [{"a.b": 1}]}, "deep.0.a.b", "a key must be a printable string without dots"),
        ({"": 1}, "", '"": a key must be'),
        ({"a\nb": 1}, '"a\\nb"', '"a\\nb": a key must be'),
        ({3: 1}, "3", "3: a key must be"),
        ({"x": {1, 2}}, "x", "a set is neither a mapping, a list nor a single value"),
        ({"x": [float("nan")]}, "x.0", "nan is not a finite number"),
        ({"x": float("-inf")}, "x", "-inf is not a finite number"),
        (FLOAT, "", "train itself cannot be a hole"),
        ({"k" * 501: FLOAT}, "k" * 501, "its name has 501 characters; 500 are allowed"),
    ],
)
def test_configs_that_no_parameter_can_be_named_in_are_refused(
    train: dict[str, Any], path: str, message: str
) -> None:
    (problem,) = problems_of(train)
    assert dotted(problem.path) == path
    assert message in problem.message


def test_names_of_500_characters_are_allowed() -> None:
    assert SearchSpace.parse({"k" * 500: FLOAT}).names == ["k" * 500]


def test_all_problems_are_found_at_once() -> None:
    train = {
        "b": {"search": "int", "low": 0},
        "a": [{"search": "flt"}, {"c": {"search": "categorical", "choices": ["1", "2"]}}],
        "d": {"search": "one_of", "options": [{"name": "x", "y": {"search": "float", "low": 2, "high": 1}}]},
    }
    paths = [dotted(each.path) for each in problems_of(train)]
    assert paths == ["a.0.search", "a.1.c.choices.0", "a.1.c.choices.1", "b.high", "d.options.0.y"]
