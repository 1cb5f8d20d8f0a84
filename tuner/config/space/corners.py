"""Corners: configs at the ends of a search space, which are checked in place of all of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice, product

from formats.yaml.scalars import Scalar
from tuner.config.space.holes import FloatHole, Hole
from tuner.config.space.tree import Node, Parameter, filled, parameters_below

_MOST_PAIRS = 2000  # a check takes about a millisecond


@dataclass(frozen=True)
class Corner:
    """The parameters of one config; `varied` are those that differ from the first corner's on purpose."""

    params: dict[str, Scalar]
    varied: tuple[Parameter, ...] = ()


def corners_below(tree: Node) -> Iterator[Corner]:
    """A first corner with every hole at its first probe, then one for each other probe of each hole.

    One parameter varies at a time, with the options it needs to exist, so that the number of corners is the
    sum of the probes and not their product.
    """
    parameters = {each.name: each for each in parameters_below(tree)}
    yield Corner(_params(tree, {}))
    for parameter in parameters.values():
        for probe in probes(parameter.hole)[1:]:
            fixed = {parameter.name: probe, **_needed(parameter, parameters)}
            yield Corner(_params(tree, fixed), (parameter,))


def pairs_below(tree: Node) -> Iterator[Corner]:
    """Every two parameters that can exist together, each at each of its probes; of many pairs the first."""
    parameters = {each.name: each for each in parameters_below(tree)}
    yield from islice(_pairs(tree, parameters), _MOST_PAIRS)


def _pairs(tree: Node, parameters: Mapping[str, Parameter]) -> Iterator[Corner]:
    for pair in combinations(parameters.values(), 2):
        needed = [item for each in pair for item in _needed(each, parameters).items()]
        for values in product(*(probes(each.hole) for each in pair)):
            wanted = {*needed, *((each.name, value) for each, value in zip(pair, values, strict=True))}
            fixed = dict(wanted)
            if len(fixed) == len(wanted):  # no parameter is wanted at two values
                yield Corner(_params(tree, fixed), pair)


def probes(hole: Hole) -> tuple[Scalar, ...]:
    """The ends of a hole, and of a range of floats a value between them.

    Where a whole number is wanted, two whole ends would hide that what lies between is refused.
    """
    if not isinstance(hole, FloatHole):
        return hole.ends
    between = hole.low + (hole.step or (hole.high - hole.low) * 0.381966)
    return (*hole.ends, between) if hole.low < between < hole.high else hole.ends


def _needed(parameter: Parameter, parameters: Mapping[str, Parameter]) -> dict[str, Scalar]:
    """The options, from the inside out, under which the parameter exists."""
    if parameter.condition is None:
        return {}
    one_of, option = parameter.condition
    return {one_of: option, **_needed(parameters[one_of], parameters)}


def _params(tree: Node, fixed: Mapping[str, Scalar]) -> dict[str, Scalar]:
    params: dict[str, Scalar] = {}

    def choose(name: str, hole: Hole) -> Scalar:
        params[name] = fixed.get(name, hole.ends[0])
        return params[name]

    filled(tree, choose)
    return params
