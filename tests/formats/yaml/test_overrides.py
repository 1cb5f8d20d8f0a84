"""Overrides from the command line: read as YAML, and named as the place of what they bring."""

from pathlib import Path
from typing import Any

import pytest

from formats.problems import FormatError
from formats.yaml import overrides
from formats.yaml.file import YamlFile

EXAMPLE = "budget.trials=5"
TEXT = """
budget: {trials: 40, hours: null}
train:
  hidden: [256, {width: 128}]
  lr: 0.1
"""


def overridden(file: YamlFile, given: list[str]) -> YamlFile:
    return overrides.apply_overrides(file, given, example=EXAMPLE)


@pytest.fixture
def file(tmp_path: Path) -> YamlFile:
    path = tmp_path / "x.yaml"
    path.write_text(TEXT)
    return YamlFile.read(path)


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("budget.trials=5", ("budget", "trials"), 5),
        ("budget.hours=1e-1", ("budget", "hours"), 0.1),
        ("budget.hours=", ("budget", "hours"), None),
        (
            "train.lr={search: float, low: 0.1, high: 1}",
            ("train", "lr"),
            {"search": "float", "low": 0.1, "high": 1},
        ),
        ("train.hidden=[1, 2]", ("train", "hidden"), [1, 2]),
        ("train.hidden.0=64", ("train", "hidden", 0), 64),
        ("train.hidden.1.width=no", ("train", "hidden", 1, "width"), "no"),
        ("train.loss.name=triplet", ("train", "loss"), {"name": "triplet"}),
        ("study=a=b", ("study",), "a=b"),
        ("study='5'", ("study",), "5"),
    ],
)
def test_an_override_sets_one_value(
    file: YamlFile, override: str, path: tuple[Any, ...], value: object
) -> None:
    node: Any = overridden(file, [override]).data
    for step in path:
        node = node[step]
    assert node == value


def test_the_rest_stays_and_the_file_is_not_touched(file: YamlFile) -> None:
    changed = overridden(file, ["train.hidden.0=1", "train.new.deep=2"])
    assert changed.data["train"] == {"hidden": [1, {"width": 128}], "lr": 0.1, "new": {"deep": 2}}
    assert file.data["train"] == {"hidden": [256, {"width": 128}], "lr": 0.1}


def test_later_overrides_see_earlier_ones(file: YamlFile) -> None:
    changed = overridden(file, ["train={a: {b: 1, c: 2}}", "train.a.b=3"])
    assert changed.data["train"] == {"a": {"b": 3, "c": 2}}


def test_an_override_is_the_place_of_what_it_brings(file: YamlFile) -> None:
    changed = overridden(file, ["train.hidden=[1, {a: 2}]", "sampler.seed=1"])
    hidden, seed = "override 'train.hidden=[1, {a: 2}]'", "override 'sampler.seed=1'"
    assert changed.where(("train", "hidden")) == hidden
    assert changed.where(("train", "hidden", 1, "a")) == hidden
    assert changed.where(("sampler", "name")) == seed
    assert changed.where(("sampler", "seed")) == seed
    assert changed.where(("train", "lr")) == f"{file.path}:5:3"
    assert changed.where(("train",)) == f"{file.path}:3:1"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["budget.trials"], "expected key=value"),
        (["=5"], "expected key=value"),
        ([""], "expected key=value"),
        (["budget..trials=5"], "expected key=value"),
        ([".budget=5"], "expected key=value"),
        (["train.lr=[1"], r"override 'train.lr=\[1': not valid YAML: the \[ is not closed$"),
        (["train.lr=&a 1"], "anchors"),
        (["train.lr=.nan"], "not a finite number"),
        (["train.lr={a: 1, a: 2}"], "given twice"),
        (["train.lr.x=1"], "train.lr is 0.1, which has no x"),
        (["train.hidden.2=1"], "train.hidden is a list of 2 items, counted from 0"),
        (["train.hidden.-1=1"], "train.hidden is a list of 2 items"),
        (["train.hidden.a=1"], "train.hidden is a list of 2 items"),
        (["train.hidden.²=1"], "train.hidden is a list of 2 items"),
        (["train.lr=1", "train.lr=2"], "override 'train.lr=2': train.lr is overridden twice"),
    ],
)
def test_what_cannot_be_laid_over_the_file_is_refused(
    file: YamlFile, overrides: list[str], message: str
) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        overridden(file, overrides)
    assert str(caught.value).startswith("override '")
