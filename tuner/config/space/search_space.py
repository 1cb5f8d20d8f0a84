"""SearchSpace: a training config with holes, which a sampler fills."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from formats.messages import Path, did_you_mean, format_value
from formats.yaml.scalars import Scalar
from tuner.config.space.corners import Corner, corners_below, pairs_below
from tuner.config.space.holes import CategoricalHole, FloatHole, Hole, IntHole, OneOfHole, Suggester
from tuner.config.space.reading import read_space
from tuner.config.space.tree import Node, Parameter, filled, parameters_below, written
from tuner.errors import UsageError


@dataclass(frozen=True)
class SearchSpace:
    """The training configs of a study, which differ in parameters that are named by dotted paths.

    Every config it returns is new; changing one does not change the space.
    """

    _tree: dict[str, Node]

    @classmethod
    def parse(cls, train: Mapping[str, Any]) -> "SearchSpace":
        """Read the `train` section of a study; without holes the space has one config.

        Raises:
            ConfigProblems: every wrong hole, key or value, with its path in `train`.
        """
        return cls(read_space(train))

    def parameters(self) -> list[Parameter]:
        """Every parameter, in the order of asking: keys sorted, a one_of before what its options hold."""
        return list(parameters_below(self._tree))

    @property
    def names(self) -> list[str]:
        """The name of every parameter, those of all options included."""
        return [each.name for each in self.parameters()]

    @property
    def is_conditional(self) -> bool:
        """Whether some parameter exists only under one option of a one_of."""
        return any(each.condition for each in self.parameters())

    @property
    def has_ranges(self) -> bool:
        """Whether some parameter is a range of numbers."""
        return any(isinstance(each.hole, FloatHole | IntHole) for each in self.parameters())

    @property
    def has_choices(self) -> bool:
        """Whether some parameter is a choice: a categorical or a one_of."""
        return any(isinstance(each.hole, CategoricalHole | OneOfHole) for each in self.parameters())

    def grid_values(self) -> dict[str, list[Scalar]]:
        """All values of every parameter, whose product is the whole space.

        Raises:
            UsageError: some parameter is a range or conditional, so that there is no such product.
        """
        if self.has_ranges or self.is_conditional:
            raise UsageError("a grid needs choices only, none of them inside an option of a one_of")
        return {each.name: list(each.hole.ends) for each in self.parameters()}

    def path_of(self, name: str) -> Path:
        """The path in `train`, as it was written, to the hole of that parameter.

        Raises:
            UsageError: the space has no such parameter.
        """
        for each in self.parameters():
            if each.name == name:
                return each.path
        raise UsageError(
            f"the search space has no parameter {name}; it has {', '.join(self.names) or 'none'}"
        )

    def source_of(self, path: Path, params: Mapping[str, Scalar]) -> tuple[Path, str | None]:
        """Where the value at `path` of the config of `params` is written in `train`.

        With it comes the name of the parameter that gave the value, None where it was written out.
        """
        return written(self._tree, path, params)

    def suggest(self, suggester: Suggester) -> dict[str, Any]:
        """A config whose parameters the suggester chose; only those of the chosen options are asked for."""
        return self.choose(lambda name, hole: hole.suggest(suggester, name))

    def fill(self, params: Mapping[str, Scalar]) -> dict[str, Any]:
        """The config of parameters that were suggested before.

        Raises:
            UsageError: a parameter is missing, outside its hole, or not one that this config has.
        """
        unused = dict(params)

        def stored(name: str, hole: Hole) -> Scalar:
            if name not in unused:
                raise UsageError(f"parameter {name} is missing; the search space needs a value for it")
            if not hole.holds(unused[name]):
                raise UsageError(
                    f"parameter {name} is {unused[name]!r}, which the search space does not hold"
                )
            return unused.pop(name)

        config = self.choose(stored)
        if unused:
            raise UsageError(f"parameters that this config does not have: {', '.join(sorted(unused))}")
        return config

    def problems_of(self, params: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with parameters of which some may be missing, by name; empty if nothing is."""
        known = {each.name: each for each in self.parameters()}
        problems = {}
        for name, value in params.items():
            if name not in known:
                problems[name] = f"the search space has no parameter {name}; {did_you_mean(name, known)}"
                continue
            one_of, option = known[name].condition or (None, None)
            if not known[name].hole.holds(value):
                problems[name] = f"{name} is {format_value(value)}, which the search space does not hold"
            elif one_of is not None and params.get(one_of, option) != option:
                problems[name] = f"{name} exists only where {one_of} is {option}"
        return problems

    def choose(self, choice: Callable[[str, Hole], Scalar]) -> dict[str, Any]:
        """The config in which `choice(name, hole)` fills each hole, of options only the chosen one."""
        config: dict[str, Any] = filled(self._tree, choice)
        return config

    def corner_points(self) -> Iterator[Corner]:
        """Every corner of the space as parameters; see `tuner.config.space.corners`."""
        return corners_below(self._tree)

    def pair_points(self) -> Iterator[Corner]:
        """Every two parameters at their ends, as parameters; see `tuner.config.space.corners`."""
        return pairs_below(self._tree)

    def corners(self) -> Iterator[dict[str, Any]]:
        """Every corner of the space as a config, beginning with the one of all first ends."""
        return (self.fill(corner.params) for corner in self.corner_points())
