"""Reads a point of a search space from the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from formats.problems import FormatError
from formats.yaml.reading import read_tree
from tuner.config.space.search_space import SearchSpace
from tuner.errors import UsageError


def read_point(space: SearchSpace, assignments: Iterable[str]) -> dict[str, Any]:
    """Return the parameters in `name=value`, some or all of the space's; a value is YAML.

    Raises:
        UsageError: a line for each assignment that cannot be read, or that the space does not hold.
    """
    params: dict[str, Any] = {}
    problems = []
    for assignment in assignments:
        place = f"parameter {assignment!r}"
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            problems.append(
                f"{place}: expected name=value, such as {(space.names or ['loss.margin'])[0]}=0.2"
            )
        elif name in params:
            problems.append(f"{place}: {name} is given twice")
        else:
            try:
                params[name] = _value(value, place)
            except FormatError as error:
                problems.append(str(error))
    problems += [f"parameter {name}: {text}" for name, text in space.problems_of(params).items()]
    if problems:
        raise UsageError("\n".join(problems))
    return params


def _value(text: str, place: str) -> Any:
    return read_tree(text, lambda _line, _column: place).data
