"""A training config with its holes read: the parameters, their names, and their paths in the YAML."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard, get_args

from formats.messages import Path
from formats.yaml.scalars import Scalar
from tuner.config.space.holes import Hole, OneOfHole

Node: TypeAlias = "Hole | dict[str, Node] | list[Node] | Scalar"


@dataclass(frozen=True)
class Parameter:
    """A hole and its name; `condition` names the one_of and the option it stands in, None outside of any.

    `path` leads to the hole in the training config as it was written.
    """

    name: str
    hole: Hole
    condition: tuple[str, str] | None
    path: Path


def is_hole(node: Node) -> TypeGuard[Hole]:
    """Whether the node is a hole."""
    return isinstance(node, get_args(Hole))


def parameters_below(
    node: Node, name: str = "", path: Path = (), condition: tuple[str, str] | None = None
) -> Iterator[Parameter]:
    """Every parameter from the node down, a one_of before those of its options."""
    if is_hole(node):
        yield Parameter(name, node, condition, path)
        if isinstance(node, OneOfHole):
            for index, label in enumerate(node.ends):
                yield from parameters_below(
                    node.option(label), _join(name, label), (*path, "options", index), (name, label)
                )
    for step, child in _children(node):
        yield from parameters_below(child, _join(name, step), (*path, step), condition)


def filled(node: Node, choose: Callable[[str, Hole], Scalar], name: str = "") -> Any:
    """The node as new dicts, lists and values, each hole filled by `choose(name, hole)`."""
    if isinstance(node, OneOfHole):
        label = choose(name, node)
        return filled(node.option(label), choose, _join(name, str(label)))
    if is_hole(node):
        return choose(name, node)
    if isinstance(node, dict):
        return {key: filled(child, choose, _join(name, key)) for key, child in node.items()}
    if isinstance(node, list):
        return [filled(child, choose, _join(name, index)) for index, child in enumerate(node)]
    return node


def written(node: Node, path: Path, params: Mapping[str, Scalar], name: str = "") -> tuple[Path, str | None]:
    """Find where the value at `path` of a filled config was written, and its name if it is a hole.

    `params` filled the config. Steps of the path that it does not have, such as a missing key, stay.
    """
    if isinstance(node, OneOfHole):
        label = params[name]
        rest, parameter = written(node.option(label), path, params, _join(name, str(label)))
        return ("options", node.index(label), *rest), parameter
    if not path:
        return (), name if is_hole(node) else None
    child = dict(_children(node)).get(path[0])
    rest, parameter = written(child, path[1:], params, _join(name, path[0]))
    return (path[0], *rest), parameter


def _children(node: Node) -> list[tuple[str | int, Node]]:
    if isinstance(node, dict):
        return list(node.items())
    return list(enumerate(node)) if isinstance(node, list) else []


def _join(name: str, step: str | int) -> str:
    return f"{name}.{step}" if name else str(step)
