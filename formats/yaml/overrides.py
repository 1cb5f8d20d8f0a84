"""Overrides from the command line, such as `budget.trials=5`, which replace values of a file."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from formats.messages import Path, dotted, format_value
from formats.problems import FormatError
from formats.yaml.file import YamlFile
from formats.yaml.reading import read_tree


def apply_overrides(file: YamlFile, overrides: Iterable[str], *, example: str) -> YamlFile:
    """Apply each `path=value` to the file in order; the place of its value is `override 'path=value'`.

    A path is dotted and counts list items from 0; missing mappings on the way are added. A value is YAML, so
    `null`, `[1, 2]` and `{search: float, low: 0, high: 1}` mean what they mean in a file. `example` is an
    override that suits such files, for a message.

    Raises:
        FormatError: no `=`, an empty or repeated path, a value that is not YAML, or a path that leads through
            something that is neither a mapping nor a list, or past a list's end.
    """
    given: set[str] = set()
    for override in overrides:
        place = f"override {override!r}"
        key, equals, text = override.partition("=")
        if not equals or not all(key.split(".")):
            raise FormatError(f"{place}: expected key=value with a dotted key, such as {example}")
        if key in given:
            raise FormatError(f"{place}: {key} is overridden twice")
        given.add(key)
        file = _overridden(file, key.split("."), text, place)
    return file


def _overridden(file: YamlFile, keys: list[str], text: str, place: str) -> YamlFile:
    value = read_tree(text, lambda _line, _column: place).data
    path = _address(file.data, keys, place)
    others = {at: there for at, there in file.places.items() if at[: len(path)] != path}
    new = {path[:length]: place for length in range(1, len(path) + 1)}
    return replace(file, data=_replaced(file.data, path, value), places=new | others)


def _address(node: Any, keys: list[str], place: str) -> Path:
    """The keys as a path into the data: numbers where it has lists."""
    path: Path = ()
    for key in keys:
        if isinstance(node, list):
            if not (key.isascii() and key.isdecimal() and int(key) < len(node)):
                raise FormatError(f"{place}: {dotted(path)} is a list of {len(node)} items, counted from 0")
            path, node = (*path, int(key)), node[int(key)]
        elif isinstance(node, dict):
            path, node = (*path, key), node.get(key, {})
        else:
            raise FormatError(f"{place}: {dotted(path)} is {format_value(node)}, which has no {key}")
    return path


def _replaced(node: Any, path: Path, value: Any) -> Any:
    """A copy of the data with another value at `path`."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(node, list):
        return [_replaced(item, rest, value) if at == step else item for at, item in enumerate(node)]
    return {**node, step: _replaced(node.get(step, {}), rest, value)}
