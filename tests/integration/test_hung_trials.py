"""Trainings that hang, on real Ray workers: their workers are ended by force, and their devices train on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module", autouse=True)
def _one_device() -> Iterator[None]:
    import ray

    ray.init("local", num_cpus=1, num_gpus=0, include_dashboard=False, log_to_driver=False)
    ray.cloudpickle.register_pickle_by_value(toy)
    yield
    ray.shutdown()


@pytest.mark.parametrize("how", ["asleep", "in_c"])
def test_a_trial_that_reports_nothing_is_tried_again(how: str, sqlite_url: str, tmp_path: Path) -> None:
    config = toy_config(trials=1, hangs=how, stall_minutes=0.1)
    study = launch_toy(config, sqlite_url, tmp_path, serial=False).study
    first, second = study.records()
    assert (first.state, second.state) == ("FAIL", "COMPLETE")
    assert first.attributes["reason"] == (
        "stall_minutes: no report for the 0.1 minutes of budget.stall_minutes; it was ended"
    )
    assert (second.attributes["attempt"], second.attributes["retry_of"]) == (2, 0)
    assert second.attributes["device"] != first.attributes["device"]  # the process, which is another one
    assert [epoch for _, epoch, _ in study.reports()] == [1, 2, 3, 4]


def test_a_trial_that_takes_too_many_hours_is_stopped(sqlite_url: str, tmp_path: Path) -> None:
    grid = {"x": 0.5, "hangs": {"search": "categorical", "choices": ["asleep", "never"]}}
    config = toy_config(sampler={"name": "grid"}, trials=2, trial_hours=0.002, **grid)
    study = launch_toy(config, sqlite_url, tmp_path, serial=False).study
    by_choice = {record.params["hangs"]: record for record in study.records()}
    hung, good = by_choice["asleep"], by_choice["never"]
    assert (hung.state, good.state) == ("PRUNED", "COMPLETE")
    assert hung.attributes["reason"] == (
        "trial_hours: it trained for more than the 0.002 hours of budget.trial_hours"
    )
    assert hung.attributes["score"] == toy.score(0.5, 1)
    assert len(study.records()) == 2
