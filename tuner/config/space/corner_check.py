"""A check that every corner of a search space is a training config, before anything runs."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from formats.messages import Path, format_value
from formats.problems import ConfigProblems, Problem
from tuner.config.space.corners import Corner
from tuner.config.space.holes import CategoricalHole, OneOfHole
from tuner.config.space.search_space import SearchSpace

Check = Callable[[dict[str, Any]], None]
"""Takes a config without holes; raises ConfigProblems, with paths into that config, if it is wrong."""


def corner_problems(space: SearchSpace, check: Check) -> list[Problem]:
    """The problems of all corners, each once, with its path in `train` as it was written.

    The message of a problem with a hole's value names the value and which end of the hole it is. If another
    parameter was varied, the message names it and its value. If no corner with one parameter varied has a
    problem, pairs of parameters are varied.
    """
    return _problems(space.corner_points(), space, check) or _problems(space.pair_points(), space, check)


def _problems(corners: Iterable[Corner], space: SearchSpace, check: Check) -> list[Problem]:
    unique: dict[Problem, Problem] = {}
    for corner in corners:
        for problem, circumstances in _problems_at(corner, space, check):
            unique.setdefault(problem, Problem(problem.path, problem.message + circumstances))
    return list(unique.values())


def _problems_at(corner: Corner, space: SearchSpace, check: Check) -> Iterator[tuple[Problem, str]]:
    try:
        check(space.fill(corner.params))
    except ConfigProblems as error:
        for problem in error.problems:
            # A key was written outside of the hole that is its value.
            named = problem.path[-1:] if problem.of_key else ()
            path, name = space.source_of(problem.path[: len(problem.path) - len(named)], corner.params)
            message = problem.message
            if name is not None and not problem.of_key:
                message = _of_hole(message, name, corner, space)
            yield Problem((*path, *named), message), _circumstances(path, corner)


def _of_hole(message: str, name: str, corner: Corner, space: SearchSpace) -> str:
    hole = next(each.hole for each in space.parameters() if each.name == name)
    value = corner.params[name]
    text = message if format_value(value) in message else f"{format_value(value)}: {message}"
    if isinstance(hole, CategoricalHole | OneOfHole):
        return f"{text} (one of the choices)"
    place = {hole.low: "low end of", hole.high: "high end of"}.get(float(value or 0), "inside")
    return f"{text} ({place} the range)"


def _circumstances(path: Path, corner: Corner) -> str:
    others = [each.name for each in corner.varied if path[: len(each.path)] != each.path]
    values = " and ".join(f"{name} is {format_value(corner.params[name])}" for name in others)
    return f" (when {values})" if values else ""
