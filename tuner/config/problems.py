"""A problem in a configuration: where it is and what is wrong, independent of any file."""

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from tuner.errors import UsageError

_TYPE_NAMES: dict[type, str] = {dict: "a mapping", list: "a list", tuple: "a list"}

_MOST_LISTED = 12

Path = tuple[str | int, ...]
"""Keys and list indexes from the top of a document to a value, such as `("loss", "options", 1, "margin")`."""


@dataclass(frozen=True)
class Problem:
    """One thing to correct: the path of the value and one line that says what is wrong with it.

    `of_key` says that the key itself is wrong, whatever its value.
    """

    path: Path
    message: str
    of_key: bool = False

    def under(self, *parents: str | int) -> "Problem":
        """The same problem, seen from a document that holds this one at `parents`."""
        return replace(self, path=(*parents, *self.path))


class ConfigProblems(Exception):  # noqa: N818 - it carries problems, several at once
    """A configuration is wrong in one or more places; all are listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{dotted(each.path)}: {each.message}" for each in self.problems))


def usage_error(problems: Iterable[Problem], where: Callable[[Path], str]) -> UsageError:
    """One error with a line for each problem: `place: dotted.path: message`; nothing is said twice.

    They stand in the order of their places, those without a line and column first.
    """
    told = [(where(p.path), dotted(p.path), p.message) for p in problems]
    told.sort(key=lambda parts: _line_and_column(parts[0]))
    return UsageError("\n".join(dict.fromkeys(": ".join(filter(None, parts)) for parts in told)))


def _line_and_column(place: str) -> tuple[int, ...]:
    found = re.search(r":(\d+):(\d+)$", place)
    return tuple(map(int, found.groups())) if found else ()


def dotted(path: Path) -> str:
    """The path as users write it, such as `loss.options.1.margin`; unprintable keys are escaped."""
    return ".".join(str(step) if str(step).isprintable() else json.dumps(step) for step in path)


def shown(value: object) -> str:
    """A value on one line, as YAML would write it; long ones are cut, containers only named."""
    if type(value) in _TYPE_NAMES:
        return _TYPE_NAMES[type(value)]
    try:
        text = json.dumps(value, ensure_ascii=False)
    except TypeError:
        return f"a {type(value).__name__}"
    text = text if text.isprintable() else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def did_you_mean(name: object, allowed: Collection[str]) -> str:
    """Advice after a wrong name: the nearest allowed name, if one is near, and all that are allowed.

    Where these are too many to read, only those that are most like it are told.
    """
    near = get_close_matches(name, allowed, n=3, cutoff=0.5) if isinstance(name, str) else []
    if len(allowed) > _MOST_LISTED:
        if near:
            return f"did you mean {' or '.join(near)}? {len(allowed)} are allowed"
        some = get_close_matches(str(name), sorted(allowed), n=_MOST_LISTED // 2, cutoff=0)
        return f"{len(allowed)} are allowed, such as {', '.join(some)}"
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}allowed: {', '.join(sorted(allowed)) or 'none'}"
