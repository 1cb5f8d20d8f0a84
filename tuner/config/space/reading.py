"""Reading the holes of a training config; one pass finds every mistake."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from formats.messages import Path, format_value
from formats.problems import ConfigProblems, Problem
from formats.validation import problems_of
from formats.yaml.scalars import Scalar
from tuner.config.space.holes import hole_adapter
from tuner.config.space.rules import check_key
from tuner.config.space.tree import Node, is_hole, parameters_below

LONGEST_NAME = 500


def read_space(train: Mapping[str, Any]) -> dict[str, Node]:
    """Read every hole into new dicts and lists; keys are sorted so that their order is irrelevant.

    Raises:
        ConfigProblems: every wrong hole, key or value, with its path in `train`.
    """
    reader = _Reader()
    tree = reader.node(train, ())
    if is_hole(tree):
        reader.problem((), "train itself cannot be a hole; put holes at its keys")
    for each in parameters_below(tree):
        if len(each.name) > LONGEST_NAME:
            reader.problem(each.path, f"its name has {len(each.name)} characters; {LONGEST_NAME} are allowed")
    if reader.problems or not isinstance(tree, dict):
        raise ConfigProblems(reader.problems)
    return tree


class _Reader:
    """The problems found so far; a value with a problem becomes null in the tree."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, path: Path, message: str) -> None:
        self.problems.append(Problem(path, message))

    def node(self, node: Any, path: Path) -> Node:
        if isinstance(node, Mapping):
            return self._mapping(node, path)
        if isinstance(node, list | tuple):
            return [self.node(child, (*path, index)) for index, child in enumerate(node)]
        return self._scalar(node, path)

    def _mapping(self, mapping: Mapping[Any, Any], path: Path) -> Node:
        for key in mapping:
            try:
                check_key(key)
            except ValueError as error:
                self.problem((*path, str(key)), str(error))
        inner = {str(key): self.node(mapping[key], (*path, str(key))) for key in sorted(mapping, key=str)}
        return self._hole(inner, path) if "search" in mapping else inner

    def _hole(self, inner: dict[str, Node], path: Path) -> Node:
        try:
            return hole_adapter.validate_python(inner)
        except ValidationError as error:
            self.problems += [_explained(each).under(*path) for each in problems_of(error, inner)]
            return None

    def _scalar(self, value: Any, path: Path) -> Scalar:
        if value is not None and not isinstance(value, str | int | float | bool):
            self.problem(path, f"{format_value(value)} is neither a mapping, a list nor a single value")
        elif isinstance(value, float) and not math.isfinite(value):
            self.problem(path, f"{value} is not a finite number")
        else:
            return value
        return None


def _explained(problem: Problem) -> Problem:
    """Add to the problem of an unknown kind why it is asked for a kind at all."""
    if problem.path != ("search",):
        return problem
    why = "a mapping with the key search is a hole; if this is none, give the key another name"
    return replace(problem, message=f"{problem.message}; {why}")
