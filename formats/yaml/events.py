"""YAML text as parse events; where it is not YAML, the mistake in a writer's words."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from formats.messages import format_value
from formats.problems import FormatError

PlaceAt = Callable[[int, int], str]
"""Names a place in the text, given its line and column, both counted from one."""

Event = Any  # PyYAML's stubs leave out most of what its events have

_HINTS = {
    "found character '\\t' that cannot start any token": "a tab stands here; indent with spaces",
    "mapping values are not allowed here": (
        "a colon does not fit here: a line above has none, this one has two, or is indented too far; "
        "text that has a colon goes in quotes"
    ),
    "could not find expected ':'": "a key without a colon; write key: value",
    "expected the node content, but found '<stream end>'": "the file ends within a value",
    "expected <block end>": "the indentation fits no line above; line it up",
}
_UNCLOSED = {
    "while parsing a flow sequence": "[",
    "while parsing a flow mapping": "{",
    "while scanning a quoted scalar": "quote",
}
_UNQUOTED = re.compile(r"found character ('.') that cannot start any token")


def yaml_events(text: str, place_at: PlaceAt) -> Iterator[Event]:
    """Parse events one after another; what PyYAML raises becomes a FormatError with its place."""
    try:
        loader: Any = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise FormatError(
            f"{place_at(line, column)}: unprintable character {format_value(text[error.position])}"
        ) from error
    try:
        while loader.check_event():
            yield loader.get_event()
    except yaml.MarkedYAMLError as error:
        raise FormatError(_line(error, place_at)) from error
    except (ValueError, OverflowError) as error:
        what = "an escape that names no character, or a number beyond all bounds"
        raise FormatError(f"{_place(loader.get_mark(), place_at)}: not valid YAML: {what}") from error


def _place(mark: Any, place_at: PlaceAt) -> str:
    return place_at(mark.line + 1, mark.column + 1)


def _line(error: yaml.MarkedYAMLError, place_at: PlaceAt) -> str:
    """The error in one line: with our hint if there is one, else in PyYAML's words."""
    context, problem = error.context or "", error.problem or ""
    here = _place(error.problem_mark or error.context_mark, place_at)
    if context in _UNCLOSED and ("expected ','" in problem or "end of stream" in problem):
        what = f"the {_UNCLOSED[context]} is not closed"
        opened = _place(error.context_mark, place_at)
        comma = "" if "quote" in what or here == opened else f", or a comma is missing before {here}"
        return f"{opened}: not valid YAML: {what}{comma}"
    hint = next((hint for words, hint in _HINTS.items() if problem.startswith(words)), None)
    if unquoted := _UNQUOTED.fullmatch(problem):
        hint = f"{unquoted[1]} cannot begin a value; put it in quotes"
    return f"{here}: not valid YAML: {hint or ', '.join(filter(None, (context, problem)))}"
