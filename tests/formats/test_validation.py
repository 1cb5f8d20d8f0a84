"""Pydantic's errors as problems, with what a message says."""

from typing import Annotated, Any, Literal, Self

import pytest
from pydantic import Field, ValidationError, model_validator

from formats.messages import did_you_mean, dotted, format_value
from formats.problems import ConfigProblems, Problem, problem_lines
from formats.validation import Section, problems_of, validation_error


class Leaf(Section):
    name: Literal["leaf"]
    margin: float = Field(default=1.0, gt=0)


class Twig(Section):
    name: Literal["twig"]
    leaf: Leaf | None = None


class Picky(Section):
    name: Literal["picky"]

    @model_validator(mode="after")
    def _refuse(self) -> Self:
        raise validation_error("picky", [Problem(("x",), "has {braces}")])


class Renamed(Section):
    name: Literal["renamed"]

    @classmethod
    def _unknown_key(cls, key: str) -> str:
        return "is written {new}" if key == "old" else super()._unknown_key(key)


class Tree(Section):
    part: Annotated[Leaf | Twig | Picky | Renamed, Field(discriminator="name")]
    parts: list[Leaf] = Field(default_factory=list)


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        ({}, "part", "is missing"),
        (
            {"part": {"name": "leaf"}, "prats": []},
            "prats",
            "unknown key; did you mean parts? allowed: part, parts",
        ),
        (
            {"part": {}},
            "part",
            "has no name, which says what kind it is; allowed: leaf, picky, renamed, twig",
        ),
        ({"part": 3}, "part", "3: expected a mapping"),
        (
            {"part": {"name": "laef"}},
            "part.name",
            '"laef" is unknown; did you mean leaf? allowed: leaf, picky, renamed, twig',
        ),
        (
            {"part": {"name": "leaf", "margn": 1}},
            "part.margn",
            "unknown key; did you mean margin? allowed: margin, name",
        ),
        ({"part": {"name": "leaf", "zzz": 1}}, "part.zzz", "unknown key; allowed: margin, name"),
        ({"part": {"name": "leaf", "margin": -1}}, "part.margin", "-1: must be above 0"),
        ({"part": {"name": "leaf", "margin": "1"}}, "part.margin", '"1": expected a number'),
        ({"part": {"name": "twig", "leaf": {}}}, "part.leaf.name", "is missing"),
        (
            {"part": {"name": "twig", "leaf": {"name": "twig"}}},
            "part.leaf.name",
            '"twig" is unknown; allowed: leaf',
        ),
        (
            {"part": {"name": "twig", "leaf": {"name": "leaf", "leaf": 1}}},
            "part.leaf.leaf",
            "unknown key; allowed: margin, name",
        ),
        ({"part": {"name": "picky"}}, "part.x", "has {braces}"),
        ({"part": {"name": "renamed", "old": 1}}, "part.old", "is written {new}"),
        ({"part": {"name": "renamed", "x": 1}}, "part.x", "unknown key; allowed: name"),
        (
            {"part": {"name": "leaf"}, "parts": [{"name": "leaf"}, {"name": "leaf", "margin": 0}]},
            "parts.1.margin",
            "0: must be above 0",
        ),
        ({"part": {"name": "leaf"}, "parts": {"a": 1}}, "parts", "a mapping: expected a list"),
    ],
)
def test_problems_have_the_path_in_the_data(data: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate(data)
    (problem,) = problems_of(caught.value, data)
    assert (dotted(problem.path), problem.message) == (path, message)


def test_all_problems_of_a_model_are_kept() -> None:
    data = {"part": {"name": "leaf", "margin": 0, "a": 1}, "parts": [{"nme": 1}], "b": 2}
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate(data)
    paths = [dotted(each.path) for each in problems_of(caught.value, data)]
    assert paths == ["part.margin", "part.a", "parts.0.name", "parts.0.nme", "b"]


def test_problems_survive_a_validator() -> None:
    problems = [Problem(("a", 0, "b"), "{curly} is wrong"), Problem(("a", 0, "new"), "is missing")]
    assert problems_of(validation_error("test", problems), {"a": [{"b": 1}]}) == problems


def test_problems_are_listed_once_with_their_places() -> None:
    repeated = [Problem(("a",), "is wrong"), Problem((), "is empty"), Problem(("a",), "is wrong")]
    lines = problem_lines(repeated, lambda path: f"x.yaml:{len(path)}")
    assert lines == "x.yaml:1: a: is wrong\nx.yaml:0: is empty"
    assert str(ConfigProblems(repeated[:2])) == "a: is wrong\nis empty"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1e-6, "1e-06"),
        ("ü", '"ü"'),
        ("a\x1b\u2028\ud800", '"a\\u001b\\u2028\\ud800"'),
        ("a" * 200, '"' + "a" * 76 + "..."),
        ({"a": 1}, "a mapping"),
        ([], "a list"),
        ({1}, "a set"),
    ],
)
def test_values_are_shown_on_one_line(value: object, text: str) -> None:
    assert format_value(value) == text


def test_paths_are_shown_on_one_line() -> None:
    assert dotted(("a", 0, "b\nc")) == 'a.0."b\\nc"'


@pytest.mark.parametrize(
    ("name", "allowed", "advice"),
    [
        ("budgt", ["study", "budget"], "did you mean budget? allowed: budget, study"),
        ("zzz", ["study"], "allowed: study"),
        (None, ["None"], "allowed: None"),
        ("a", [], "allowed: none"),
        ("x7", [f"x{number}" for number in range(30)], "did you mean x7 or x27 or x17? 30 are allowed"),
        ("zz", list("abcdefghijklmnop"), "16 are allowed, such as p, o, n, m, l, k"),
    ],
)
def test_advice_names_the_nearest(name: object, allowed: list[str], advice: str) -> None:
    assert did_you_mean(name, allowed) == advice
