"""Reading YAML text as plain data with the place of every value; what could surprise a reader is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from formats.messages import Path, format_value
from formats.problems import FormatError
from formats.yaml.events import Event, PlaceAt, yaml_events
from formats.yaml.scalars import Scalar, parse_scalar

DEEPEST = 50
MOST_MISTAKES = 20


@dataclass(frozen=True)
class YamlTree:
    """One document: its data and, for every path in it, the place where the key or list item begins."""

    data: Any
    places: dict[Path, str]


def read_tree(text: str, place_at: PlaceAt) -> YamlTree:
    """Read the single document in `text`; the data is None if there is none.

    Aliases are refused and never followed, so that no small file can become a large one.

    Raises:
        FormatError: not YAML, or it has several documents, directives, anchors, aliases, tags, merge keys,
            duplicate keys, keys that are not strings, numbers that are not finite, strings that cannot be
            stored, nesting deeper than `DEEPEST`. Every mistake up to the first that cannot be read past has
            a line, which begins with its place; after `MOST_MISTAKES` no more is read.
    """
    reader = _Reader(yaml_events(text, place_at), place_at)
    try:
        data = reader.document()
    except FormatError as last:
        raise FormatError("\n".join([*reader.mistakes, str(last)])) from last
    if reader.mistakes:
        raise FormatError("\n".join(reader.mistakes))
    return YamlTree(data, reader.places)


@dataclass
class _Reader:
    """The state of reading one document: where each value began, and the mistakes so far."""

    events: Iterator[Event]
    place_at: PlaceAt
    places: dict[Path, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def document(self) -> Any:
        next(self.events)  # the stream's start
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            return None
        if start.version or start.tags:
            self._refuse(start, "directives (lines that begin with %) are not allowed")
        data = self._node(next(self.events), ())
        next(self.events)  # the document's end
        extra = next(self.events)
        if not isinstance(extra, yaml.StreamEndEvent):
            self._refuse(extra, "a second document begins here; write one document a file")
        return data

    def _node(self, event: Event, path: Path) -> Any:
        self.places.setdefault(path, self._place(event))
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse(event, "anchors (&) and aliases (*) are not allowed; write the value out")
        elif event.tag is not None:
            self._refuse(event, f"the tag {format_value(event.tag)} is not allowed; write plain YAML")
        if len(path) > DEEPEST:
            raise FormatError(f"{self._place(event)}: nested more than {DEEPEST} levels deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            if key is None:
                self._node(next(self.events), (*path, "?"))
                continue
            if key in mapping:
                first = self.places[(*path, key)]
                self._refuse(event, f"key {format_value(key)} is given twice; the first is at {first}")
            self.places.setdefault((*path, key), self._place(event))
            mapping[key] = self._node(next(self.events), (*path, key))
        return mapping

    def _key(self, event: Event) -> str | None:
        """The key; None if it is refused."""
        before = len(self.mistakes)
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "a key must be a string, not a mapping, list or alias")
            self._skip(event)
        elif event.value == "<<":
            self._refuse(event, "merge keys (<<) are not allowed; write the keys out")
        else:
            key = self._node(event, ())
            if isinstance(key, str):
                return key
            if len(self.mistakes) == before:
                self._refuse(
                    event, f'key {format_value(key)} is not a string; write "{event.value}" in quotes'
                )
        return None

    def _skip(self, event: Event) -> None:
        """Skip the collection that the event begins."""
        depth = _opens(event)
        while depth:
            depth += _opens(next(self.events))

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _scalar(self, event: Event) -> Scalar:
        try:
            value = parse_scalar(event.value) if event.style is None else str(event.value)
        except ValueError as error:
            self._refuse(event, str(error))
            return None
        if isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            self._refuse(event, f"{format_value(value)} holds a character that cannot be stored")
        return value

    def _place(self, event: Event) -> str:
        return self.place_at(event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, event: Event, message: str) -> None:
        self.mistakes.append(f"{self._place(event)}: {message}")
        if len(self.mistakes) == MOST_MISTAKES:
            raise FormatError(
                f"{self._place(event)}: {MOST_MISTAKES} mistakes up to here; the rest was not read"
            )


def _opens(event: Event) -> int:
    """By how much the event deepens the nesting."""
    if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
        return 1
    return -1 if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent) else 0
