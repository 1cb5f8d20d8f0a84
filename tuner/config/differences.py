"""The differences between configurations, value by value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from formats.messages import Path, dotted, format_value


def difference_lines(stored: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """A line for each value that differs: `train.loss.margin.high: 1.0 stored, 2.0 in the file`."""
    return [
        f"{path}: {before} stored, {after} in the file"
        for path, (before, after) in differing([stored, given])
    ]


def differing(configs: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return the path of each value that is not the same in all configs, with its text in each of them."""
    leaves = [dict(_leaves(config, ())) for config in configs]
    first, *others = leaves
    paths = dict.fromkeys(path for each in leaves for path in each)
    return [
        (dotted(path), [_text(each, path) for each in leaves])
        for path in paths
        if any(path not in first or path not in each or not _same(first[path], each[path]) for each in others)
    ]


def _leaves(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The path and value of everything that is not a container, and of empty containers."""
    steps = (
        node.items()
        if isinstance(node, Mapping)
        else enumerate(node)
        if isinstance(node, list | tuple)
        else ()
    )
    if not node or not steps:
        yield path, node
        return
    for step, child in steps:
        yield from _leaves(child, (*path, step))


def _same(one: object, other: object) -> bool:
    """Whether two values are the same in a config: 1 and 1.0 are, 1 and true are not."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _text(leaves: Mapping[Path, Any], path: Path) -> str:
    return format_value(leaves[path]) if path in leaves else "nothing"
