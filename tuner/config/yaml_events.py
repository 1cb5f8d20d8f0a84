"""YAML text as parse events; where it is no YAML, what is wrong, in words of what a writer did."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from tuner.config.problems import shown
from tuner.errors import UsageError

At = Callable[[int, int], str]
"""Names a place in the text, given its line and column, both counted from one."""

Event = Any  # PyYAML's stubs leave out most of what its events have

_ADVICE = {
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


def yaml_events(text: str, at: At) -> Iterator[Event]:
    """Parse events one after another; what PyYAML raises becomes a UsageError with its place."""
    try:
        loader: Any = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise UsageError(
            f"{at(line, column)}: unprintable character {shown(text[error.position])}"
        ) from error
    try:
        while loader.check_event():
            yield loader.get_event()
    except yaml.MarkedYAMLError as error:
        raise UsageError(_told(error, at)) from error
    except (ValueError, OverflowError) as error:
        what = "an escape that names no character, or a number beyond all bounds"
        raise UsageError(f"{_at(loader.get_mark(), at)}: not valid YAML: {what}") from error


def _at(mark: Any, at: At) -> str:
    return at(mark.line + 1, mark.column + 1)


def _told(error: yaml.MarkedYAMLError, at: At) -> str:
    """The line that tells it: with our advice if there is any, else in PyYAML's words."""
    context, problem = error.context or "", error.problem or ""
    here = _at(error.problem_mark or error.context_mark, at)
    if context in _UNCLOSED and ("expected ','" in problem or "end of stream" in problem):
        what = f"the {_UNCLOSED[context]} is not closed"
        opened = _at(error.context_mark, at)
        comma = "" if "quote" in what or here == opened else f", or a comma is missing before {here}"
        return f"{opened}: not valid YAML: {what}{comma}"
    advice = next((advice for words, advice in _ADVICE.items() if problem.startswith(words)), None)
    if found := _UNQUOTED.fullmatch(problem):
        advice = f"{found[1]} cannot begin a value; put it in quotes"
    return f"{here}: not valid YAML: {advice or ', '.join(filter(None, (context, problem)))}"
