"""SearchSpace by example: names, configs, corners."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import optuna
import pytest

from formats.yaml.scalars import Scalar
from tuner.config.space.search_space import SearchSpace
from tuner.errors import UsageError

MARGIN = {"search": "float", "low": 0.05, "high": 1.0, "log": True}
TRAIN: dict[str, Any] = {
    "seed": 0,
    "backbone": {"name": "mlp", "hidden": [{"search": "int", "low": 8, "high": 64, "step": 8}, 32]},
    "lsdim": {"search": "categorical", "choices": [2, 4, 10]},
    "loss": {
        "search": "one_of",
        "options": [
            {"name": "triplet", "margin": MARGIN},
            {
                "name": "mixed",
                "weight": 1.0,
                "inner": {
                    "search": "one_of",
                    "options": [{"name": "plain"}, {"name": "soft", "margin": MARGIN}],
                },
            },
        ],
    },
}
NAMES = [
    "backbone.hidden.0",
    "loss",
    "loss.triplet.margin",
    "loss.mixed.inner",
    "loss.mixed.inner.soft.margin",
    "lsdim",
]
FIRST: dict[str, Scalar] = {
    "backbone.hidden.0": 8,
    "loss": "triplet",
    "loss.triplet.margin": 0.05,
    "lsdim": 2,
}


LABELLED: dict[str, Any] = {
    "unsupervised": {
        "search": "one_of",
        "options": [
            None,
            {"name": "prior", "alpha": MARGIN},
            {"label": "late", "name": "prior", "schedule": "staged", "epochs": 5},
        ],
    }
}


@pytest.mark.parametrize(
    ("params", "config"),
    [
        ({"unsupervised": "none"}, None),
        ({"unsupervised": "prior", "unsupervised.prior.alpha": 0.5}, {"name": "prior", "alpha": 0.5}),
        ({"unsupervised": "late"}, {"name": "prior", "schedule": "staged", "epochs": 5}),
    ],
)
def test_options_of_one_name_are_told_apart_by_labels(params: dict[str, Scalar], config: Any) -> None:
    space = SearchSpace.parse(LABELLED)
    assert space.fill(params) == {"unsupervised": config}
    assert space.names == ["unsupervised", "unsupervised.prior.alpha"]


def test_a_value_in_a_labelled_option_is_found_where_it_was_written() -> None:
    space = SearchSpace.parse(LABELLED)
    written = space.source_of(("unsupervised", "epochs"), {"unsupervised": "late"})
    assert written == (("unsupervised", "options", 2, "epochs"), None)
    assert space.source_of(("unsupervised",), {"unsupervised": "none"}) == (
        ("unsupervised", "options", 0),
        None,
    )


class Last:
    """A suggester that takes the highest value and the last choice."""

    def __init__(self) -> None:
        self.asked: dict[str, Scalar] = {}

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        self.asked[name] = high
        return high

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        self.asked[name] = high
        return high

    def suggest_categorical(self, name: str, choices: Sequence[Scalar]) -> Scalar:
        self.asked[name] = choices[-1]
        return choices[-1]


@pytest.fixture
def space() -> SearchSpace:
    return SearchSpace.parse(TRAIN)


def test_parameters_are_named_by_dotted_paths(space: SearchSpace) -> None:
    assert space.names == NAMES


def test_a_hole_at_a_loss_that_is_fixed_is_named_without_the_loss() -> None:
    train = {"loss": {"name": "triplet", "margin": MARGIN}}
    assert SearchSpace.parse(train).names == ["loss.margin"]


def test_the_order_of_keys_is_no_matter(space: SearchSpace) -> None:
    backwards = dict(reversed(TRAIN.items()))
    assert SearchSpace.parse(backwards).names == space.names
    assert SearchSpace.parse(backwards) == space


def test_conditions_and_paths_are_known(space: SearchSpace) -> None:
    assert {each.name: each.condition for each in space.parameters()} == {
        "backbone.hidden.0": None,
        "loss": None,
        "loss.triplet.margin": ("loss", "triplet"),
        "loss.mixed.inner": ("loss", "mixed"),
        "loss.mixed.inner.soft.margin": ("loss.mixed.inner", "soft"),
        "lsdim": None,
    }
    assert space.path_of("backbone.hidden.0") == ("backbone", "hidden", 0)
    assert space.path_of("loss.triplet.margin") == ("loss", "options", 0, "margin")
    assert space.path_of("loss.mixed.inner.soft.margin") == (
        *("loss", "options", 1),
        *("inner", "options", 1),
        "margin",
    )


def test_an_unknown_name_has_no_path(space: SearchSpace) -> None:
    with pytest.raises(UsageError, match=r"no parameter loss\.margin; it has backbone\.hidden\.0, loss"):
        space.path_of("loss.margin")


def test_suggest_asks_only_for_what_the_config_has(space: SearchSpace) -> None:
    suggester = Last()
    config = space.suggest(suggester)
    assert list(suggester.asked) == [
        "backbone.hidden.0",
        "loss",
        "loss.mixed.inner",
        "loss.mixed.inner.soft.margin",
        "lsdim",
    ]
    assert config == {
        "seed": 0,
        "backbone": {"name": "mlp", "hidden": [64, 32]},
        "lsdim": 10,
        "loss": {"name": "mixed", "weight": 1.0, "inner": {"name": "soft", "margin": 1.0}},
    }
    assert space.fill(suggester.asked) == config


def test_an_optuna_trial_is_a_suggester(space: SearchSpace) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(20):
        trial = study.ask()
        config = space.suggest(trial)
        assert space.fill(trial.params) == config
        assert space.suggest(optuna.trial.FixedTrial(trial.params)) == config


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "parameter backbone.hidden.0 is missing"),
        (
            {**FIRST, "backbone.hidden.0": 7},
            "parameter backbone.hidden.0 is 7, which the search space does not",
        ),
        ({**FIRST, "backbone.hidden.0": 12}, "backbone.hidden.0 is 12"),
        ({**FIRST, "backbone.hidden.0": 8.0}, "backbone.hidden.0 is 8.0"),
        ({**FIRST, "lsdim": 3}, "lsdim is 3"),
        ({**FIRST, "loss": "other"}, "loss is 'other'"),
        ({**FIRST, "loss.triplet.margin": 2.0}, "loss.triplet.margin is 2.0"),
        ({**FIRST, "loss.triplet.margin": "0.1"}, "loss.triplet.margin is '0.1'"),
        ({**FIRST, "loss.triplet.margin": float("nan")}, "loss.triplet.margin is nan"),
        (
            {**FIRST, "loss.mixed.inner": "plain"},
            "parameters that this config does not have: loss.mixed.inner",
        ),
        ({**FIRST, "b": 1, "a": 2}, "does not have: a, b"),
        ({**FIRST, "loss": "mixed"}, "loss.mixed.inner is missing"),
    ],
)
def test_params_that_do_not_fit_are_refused(
    space: SearchSpace, params: dict[str, Scalar], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        space.fill(params)


def test_what_is_handed_out_never_alters_the_space() -> None:
    train = deepcopy(TRAIN)
    space = SearchSpace.parse(train)
    train["backbone"]["hidden"].append(1)
    train["loss"]["options"].clear()
    before = space.fill(FIRST)
    handed_out = space.fill(FIRST)
    handed_out["backbone"]["hidden"].clear()
    handed_out["loss"]["margin"] = None
    assert before == space.fill(FIRST)
    assert before["backbone"]["hidden"] == [8, 32]


def test_corners_vary_one_parameter_at_a_time(space: SearchSpace) -> None:
    mixed: dict[str, Scalar] = {
        "backbone.hidden.0": 8,
        "loss": "mixed",
        "loss.mixed.inner": "plain",
        "lsdim": 2,
    }
    soft = {**mixed, "loss.mixed.inner": "soft", "loss.mixed.inner.soft.margin": 0.05}
    assert [corner.params for corner in space.corner_points()] == [
        FIRST,
        {**FIRST, "backbone.hidden.0": 64},
        mixed,
        {**FIRST, "loss.triplet.margin": 1.0},
        {**FIRST, "loss.triplet.margin": 0.05 + 0.95 * 0.381966},
        soft,
        {**soft, "loss.mixed.inner.soft.margin": 1.0},
        {**soft, "loss.mixed.inner.soft.margin": 0.05 + 0.95 * 0.381966},
        {**FIRST, "lsdim": 4},
        {**FIRST, "lsdim": 10},
    ]
    assert list(space.corners()) == [space.fill(corner.params) for corner in space.corner_points()]


def test_the_number_of_corners_is_a_sum() -> None:
    train = {f"k{i}": {"search": "int", "low": 0, "high": 9} for i in range(100)}
    assert len(list(SearchSpace.parse(train).corners())) == 101


def test_a_config_without_holes_is_a_space_of_one() -> None:
    space = SearchSpace.parse({"a": [1, {}], "b": {}})
    assert space.names == []
    assert list(space.corners()) == [{"a": [1, {}], "b": {}}] == [space.fill({})]
    assert space.grid_values() == {}
    assert (space.has_ranges, space.has_choices, space.is_conditional) == (False, False, False)


CHOICES = {"search": "categorical", "choices": [1, "a", None]}
BARE_OPTIONS = {"search": "one_of", "options": [{"name": "x"}, {"name": "y", "z": 1}]}


@pytest.mark.parametrize(
    ("train", "ranges", "choices", "conditional"),
    [
        ({"a": MARGIN}, True, False, False),
        ({"a": [{"search": "int", "low": 0, "high": 1}]}, True, False, False),
        ({"a": CHOICES}, False, True, False),
        ({"a": BARE_OPTIONS}, False, True, False),
        ({"a": {"search": "one_of", "options": [{"name": "x", "b": CHOICES}]}}, False, True, True),
        ({"a": {"search": "one_of", "options": [{"name": "x", "b": [MARGIN]}]}}, True, True, True),
    ],
)
def test_a_space_knows_its_kind(
    train: dict[str, Any], ranges: bool, choices: bool, conditional: bool
) -> None:
    space = SearchSpace.parse(train)
    assert (space.has_ranges, space.has_choices, space.is_conditional) == (ranges, choices, conditional)


def test_the_grid_is_made_of_all_choices() -> None:
    space = SearchSpace.parse({"b": CHOICES, "a": BARE_OPTIONS})
    assert space.grid_values() == {"a": ["x", "y"], "b": [1, "a", None]}


@pytest.mark.parametrize("train", [{"a": MARGIN}, TRAIN])
def test_ranges_and_conditions_have_no_grid(train: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="a grid needs choices only"):
        SearchSpace.parse(train).grid_values()
