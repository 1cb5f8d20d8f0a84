"""Points of the study file that are tried before the sampler proposes any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tuner.configs import RANGE, toy_config
from tests.tuner.launching import launch_toy
from tuner.errors import UsageError

BRANCHES = {"search": "one_of", "options": [{"name": "a", "y": RANGE}, {"name": "b"}]}


def params(study: Any) -> list[dict[str, Any]]:
    return [dict(record.params) for record in study.records()]


def test_points_come_first_and_the_rest_is_proposed(sqlite_url: str, tmp_path: Path) -> None:
    points = [{"x": 0.25, "kind": 0.5}, {"kind": 0.75}]
    config = toy_config(enqueue=points, kind=RANGE, trials=4)
    tried = params(launch_toy(config, sqlite_url, tmp_path).study)
    assert tried[0] == points[0]
    assert tried[1]["kind"] == 0.75
    assert 0 <= tried[1]["x"] <= 1
    assert len(tried) == 4


def test_each_point_is_tried_once_however_often_it_is_launched(storage_url: str, tmp_path: Path) -> None:
    first, second = {"x": 0.25}, {"x": 0.5}
    launch_toy(toy_config(enqueue=[first], trials=1), storage_url, tmp_path)
    study = launch_toy(toy_config(enqueue=[first, second], trials=4), storage_url, tmp_path).study
    tried = params(study)
    assert tried[:2] == [first, second]
    assert first not in tried[2:]


def test_a_grid_leaves_out_what_was_enqueued(sqlite_url: str, tmp_path: Path) -> None:
    choices = {"search": "categorical", "choices": [0.1, 0.2, 0.3]}
    config = toy_config(x=choices, enqueue=[{"x": 0.3}], sampler={"name": "grid"}, trials=3)
    tried = params(launch_toy(config, sqlite_url, tmp_path).study)
    assert tried == [{"x": 0.3}, {"x": 0.1}, {"x": 0.2}]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([{"z": 1}], "enqueue.0.z: the search space has no parameter z; allowed: x, x.a.y"),
        ([{"x": "b"}, {"x": "c"}], 'enqueue.1.x: x is "c", which the search space does not hold'),
        ([{"x": "a", "x.a.y": 2.0}], "enqueue.0.x.a.y: x.a.y is 2.0, which the search space does not hold"),
        ([{"x": "b", "x.a.y": 0.5}], "enqueue.0.x.a.y: x.a.y exists only where x is a"),
        ([{"x": "b"}, {"x": "b"}], "enqueue.1: is enqueued already; remove one of the two"),
    ],
)
def test_a_point_that_the_space_does_not_hold_is_refused(points: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        toy_config(x=BRANCHES, enqueue=points)
    assert message in str(refused.value)
