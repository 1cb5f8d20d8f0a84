"""YAML text as plain data with the place of every value; whatever could surprise a reader is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from tuner.config.problems import Path, shown
from tuner.config.scalars import Scalar, parse_scalar
from tuner.errors import UsageError

DEEPEST = 50

At = Callable[[int, int], str]
"""Names a place in the text, given its line and column, both counted from one."""


_Event = Any  # PyYAML's stubs leave out most of what its events have


@dataclass(frozen=True)
class YamlTree:
    """One document: its data and, for every path in it, the place where the key or list item begins."""

    data: Any
    places: dict[Path, str]


def read_tree(text: str, at: At) -> YamlTree:
    """The single document in `text`; data is None where there is none.

    Raises:
        UsageError: not YAML, or one of: several documents, directives, anchors, aliases, tags, merge keys,
            duplicate keys, keys that are not strings, numbers that are not finite, strings that cannot be
            stored, nesting deeper than `DEEPEST`. The message begins with the place.
    """
    reader = _Reader(_events(text, at), at)
    return YamlTree(reader.document(), reader.places)


def _events(text: str, at: At) -> Iterator[_Event]:
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
        mark = error.problem_mark or error.context_mark or loader.get_mark()
        what = ", ".join(filter(None, (error.context, error.problem)))
        raise UsageError(f"{at(mark.line + 1, mark.column + 1)}: not valid YAML: {what}") from error
    except (ValueError, OverflowError) as error:
        mark = loader.get_mark()
        what = "an escape that names no character, or a number beyond all bounds"
        raise UsageError(f"{at(mark.line + 1, mark.column + 1)}: not valid YAML: {what}") from error


@dataclass
class _Reader:
    """Builds data from events, noting where each value begins."""

    events: Iterator[_Event]
    at: At
    places: dict[Path, str] = field(default_factory=dict)

    def document(self) -> Any:
        next(self.events)  # the stream's start
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            return None
        if start.version or start.tags:
            raise self._error(start, "directives (lines that begin with %) are not allowed")
        data = self._node(next(self.events), ())
        next(self.events)  # the document's end
        extra = next(self.events)
        if not isinstance(extra, yaml.StreamEndEvent):
            raise self._error(extra, "a second document begins here; write one document a file")
        return data

    def _node(self, event: _Event, path: Path) -> Any:
        self.places.setdefault(path, self._place(event))
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._error(event, "anchors (&) and aliases (*) are not allowed; write the value out")
        if event.tag is not None:
            raise self._error(event, f"the tag {shown(event.tag)} is not allowed; write plain YAML")
        if len(path) > DEEPEST:
            raise self._error(event, f"nested more than {DEEPEST} levels deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            if key in mapping:
                first = self.places[(*path, key)]
                raise self._error(event, f"key {shown(key)} is given twice; the first is at {first}")
            self.places[(*path, key)] = self._place(event)
            mapping[key] = self._node(next(self.events), (*path, key))
        return mapping

    def _key(self, event: _Event) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._error(event, "a key must be a string, not a mapping, list or alias")
        if event.value == "<<":
            raise self._error(event, "merge keys (<<) are not allowed; write the keys out")
        key = self._node(event, ())
        if not isinstance(key, str):
            raise self._error(event, f'key {shown(key)} is not a string; write "{event.value}" in quotes')
        return key

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _scalar(self, event: _Event) -> Scalar:
        try:
            value = parse_scalar(event.value) if event.style is None else str(event.value)
        except ValueError as error:
            raise self._error(event, str(error)) from error
        if isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            raise self._error(event, f"{shown(value)} holds a character that cannot be stored")
        return value

    def _place(self, event: _Event) -> str:
        return self.at(event.start_mark.line + 1, event.start_mark.column + 1)

    def _error(self, event: _Event, message: str) -> UsageError:
        return UsageError(f"{self._place(event)}: {message}")
