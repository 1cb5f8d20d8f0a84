"""A problem in a configuration: where it is and what is wrong, independent of any file."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from formats.messages import Path, dotted


class FormatError(Exception):
    """A file, or a value of the command line, cannot be read: a line for each mistake, with its place."""


@dataclass(frozen=True)
class Problem:
    """One thing to correct.

    Attributes:
        path: leads to the value.
        message: one line that says what is wrong with it.
        of_key: whether the key itself is wrong, whatever its value.
    """

    path: Path
    message: str
    of_key: bool = False

    def under(self, *parents: str | int) -> "Problem":
        """The same problem, seen from a document that holds this one at `parents`."""
        return replace(self, path=(*parents, *self.path))

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.message}" if self.path else self.message


class ConfigProblems(Exception):  # noqa: N818 - it carries problems, several at once
    """A configuration is wrong in one or more places; all are listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def problem_lines(problems: Iterable[Problem], place_of: Callable[[Path], str]) -> str:
    """A line for each problem, `place: dotted.path: message`, without repetitions.

    They are in the order of their places, those without a line and column first.
    """
    placed = sorted(((place_of(each.path), each) for each in problems), key=lambda pair: _position(pair[0]))
    return "\n".join(dict.fromkeys(f"{place}: {problem}" for place, problem in placed))


def _position(place: str) -> tuple[int, ...]:
    """The line and column at a place's end; nothing if it has none."""
    match = re.search(r":(\d+):(\d+)$", place)
    return tuple(map(int, match.groups())) if match else ()
