"""The differences between two configurations, a line each."""

from collections.abc import Iterator, Mapping
from typing import Any

from formats.messages import Path, dotted, format_value


def difference_lines(stored: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """A line for each value that differs: `train.loss.margin.high: 1.0 stored, 2.0 in the file`."""
    before, after = dict(_leaves(stored, ())), dict(_leaves(given, ()))
    paths = dict.fromkeys((*before, *after))
    return [
        f"{dotted(path)}: {_text(before, path)} stored, {_text(after, path)} in the file"
        for path in paths
        if path not in before or path not in after or not _same(before[path], after[path])
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
