"""What holds for every search space, on spaces made at random."""

import json
import random
from collections.abc import Sequence
from typing import Any

import optuna
from hypothesis import given
from hypothesis import strategies as st

from formats.yaml.scalars import Scalar
from tuner.config.space.corners import probes
from tuner.config.space.search_space import SearchSpace

names = st.text("abcé ", min_size=1, max_size=3)
numbers = st.floats(-1e6, 1e6)
scalars = st.none() | st.booleans() | st.integers(-100, 100) | numbers | names
float_holes = (
    st.tuples(numbers, numbers)
    .filter(lambda ends: ends[0] != ends[1])
    .map(lambda ends: {"search": "float", "low": min(ends), "high": max(ends)})
)
log_holes = st.tuples(st.floats(1e-9, 1), st.floats(2, 1e9)).map(
    lambda ends: {"search": "float", "low": ends[0], "high": ends[1], "log": True}
)
step_holes = st.tuples(st.integers(-50, 50), st.integers(1, 20), st.sampled_from([0.01, 0.1, 0.25, 3])).map(
    lambda it: {
        "search": "float",
        "low": round(it[0] * it[2], 6),
        "high": round((it[0] + it[1]) * it[2], 6),
        "step": it[2],
    }
)
int_holes = st.tuples(st.integers(-50, 50), st.integers(1, 20), st.integers(1, 9)).map(
    lambda it: {"search": "int", "low": it[0], "high": it[0] + it[1] * it[2], "step": it[2]}
)
categorical_holes = st.lists(scalars, min_size=1, max_size=4, unique_by=lambda value: value).map(
    lambda choices: {"search": "categorical", "choices": choices}
)
leaves = scalars | float_holes | log_holes | step_holes | int_holes | categorical_holes


def one_of(nodes: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    bodies = st.lists(st.dictionaries(names, nodes, max_size=2), min_size=1, max_size=3)
    return bodies.map(
        lambda all_: {
            "search": "one_of",
            "options": [{**body, "name": f"o{i}"} for i, body in enumerate(all_)],
        }
    )


nodes = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3) | one_of(inner),
    max_leaves=12,
)
spaces = st.dictionaries(names, nodes, max_size=4)


class Dice:
    """A suggester that draws at random and remembers, by its own arithmetic."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.drawn: dict[str, Any] = {}

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        steps = round((high - low) / step) if step else 0
        value = low + self.random.randint(0, steps) * step if step else self.random.uniform(low, high)
        self.drawn[name] = min(value, high)
        return min(value, high)

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        self.drawn[name] = value = self.random.randrange(low, high + 1, step)
        return value

    def suggest_categorical(self, name: str, choices: Sequence[Scalar]) -> Scalar:
        self.drawn[name] = value = self.random.choice(choices)
        return value


@given(spaces, st.integers())
def test_what_was_suggested_fills_the_same_config(train: dict[str, Any], seed: int) -> None:
    space, dice = SearchSpace.parse(train), Dice(seed)
    config = space.suggest(dice)
    assert json.dumps(space.fill(dice.drawn)) == json.dumps(config)
    assert "search" not in json.dumps(config)
    assert set(dice.drawn) <= set(space.names)


@given(spaces)
def test_names_are_unique_and_lead_to_their_holes(train: dict[str, Any]) -> None:
    space = SearchSpace.parse(train)
    assert len(space.names) == len(set(space.names))
    for parameter in space.parameters():
        hole: Any = train
        for step in parameter.path:
            hole = hole[step]
        assert hole["search"] == parameter.hole.search
        assert space.path_of(parameter.name) == parameter.path


@given(spaces)
def test_corners_are_members_and_show_every_end(train: dict[str, Any]) -> None:
    space = SearchSpace.parse(train)
    corners = list(space.corner_points())
    at_corners = {(name, repr(value)) for corner in corners for name, value in corner.params.items()}
    probed = {(each.name, repr(end)) for each in space.parameters() for end in probes(each.hole)}
    assert at_corners == probed
    assert len(corners) == 1 + sum(len(probes(each.hole)) - 1 for each in space.parameters())
    assert len(list(space.corners())) == len(corners)


@given(spaces, st.integers(0, 9))
def test_every_value_is_traced_to_where_it_was_written(train: dict[str, Any], seed: int) -> None:
    space, dice = SearchSpace.parse(train), Dice(seed)
    paths_seen = []

    def trace(value: Any, path: tuple[str | int, ...]) -> None:
        source, name = space.source_of(path, dice.drawn)
        node: Any = train
        for step in source:
            node = node[step]
        paths_seen.append(source)
        if isinstance(value, dict):
            assert set(node) == set(value)
            for key, child in value.items():
                trace(child, (*path, key))
        elif isinstance(value, list):
            assert len(node) == len(value)
            for index, child in enumerate(value):
                trace(child, (*path, index))
        elif name is not None:
            assert value == dice.drawn[name]
            assert source == space.path_of(name)
        else:
            assert json.dumps(node) == json.dumps(value)

    trace(space.suggest(dice), ())
    assert len(set(paths_seen)) == len(paths_seen)


@given(spaces)
def test_optuna_takes_every_hole_as_it_is(train: dict[str, Any]) -> None:
    space = SearchSpace.parse(train)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    trial = study.ask()
    config = space.suggest(trial)
    assert space.fill(trial.params) == config
