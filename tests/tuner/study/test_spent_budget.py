"""What a study has spent of its budget, and when its front has stopped growing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import launch_toy
from tuner.run.ended import Launched
from tuner.study.pareto import as_losses, hypervolume
from tuner.study.spent_budget import SpentBudget

DIRECTIONS = ["maximize", "minimize"]
SAME = {"search": "categorical", "choices": [0.5]}


def spent(trials: int = 100, stagnation: int | None = 3) -> SpentBudget:
    rule = None if stagnation is None else {"trials": stagnation}
    config = toy_config(trials=trials, stagnation=rule)
    return SpentBudget(config)


@given(st.lists(st.none() | st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=20))
def test_the_front_grows_when_its_hypervolume_does(ended: list[tuple[int, int] | None]) -> None:
    budget, completed = spent(), []
    volumes, idle = [0.0], 0
    for number, values in enumerate(ended):
        budget.add(number, values)
        completed += [] if values is None else [values]
        volumes.append(hypervolume(as_losses(completed, DIRECTIONS), np.array([1.0, 5.0])))
        idle = 0 if volumes[-1] > volumes[-2] else idle + 1
        assert budget.idle == idle
    assert budget.trials == set(range(len(ended)))


def test_a_stagnant_front_leaves_nothing_until_it_grows() -> None:
    budget = spent(trials=10)
    budget.add(0, (0.5, 0.5))
    for number in (1, 2, 3):
        assert budget.remaining == 10 - number
        budget.add(number, None if number == 2 else (0.5, 0.5))
    assert budget.remaining == 0
    assert budget.met_early == (
        "budget.stagnation: the front has not grown in the last 3 trials; 4 of 10 trials were used"
    )
    budget.add(4, (0.6, 0.5))  # one that was running
    assert budget.remaining == 5
    assert budget.met_early is None


def test_a_trial_counts_once_and_too_few_values_are_none() -> None:
    budget = spent()
    budget.add(0, (0.5, 0.5))
    budget.add(1, (0.9,))  # another program ended it so
    budget.add(1, (0.9, 0.1))
    assert budget.trials == {0, 1}
    assert budget.idle == 1


def test_without_the_rule_only_trials_count() -> None:
    budget = spent(trials=5, stagnation=None)
    for number in range(5):
        assert budget.remaining == 5 - number
        budget.add(number, (0.5, 0.5))
    assert budget.remaining == 0
    assert budget.met_early is None


@pytest.mark.parametrize("serial", [True, False])
def test_a_launch_ends_and_the_next_one_knows(serial: bool, storage_url: str, tmp_path: Path) -> None:
    def launched(rule: int | None) -> Launched:
        stagnation = None if rule is None else {"trials": rule}
        config = toy_config(x=SAME, objectives=SINGLE, trials=9, epochs=2, stagnation=stagnation)
        return launch_toy(config, storage_url, tmp_path, serial=serial)

    first = launched(3)
    ended = first.study.count("COMPLETE")
    assert ended == 4 if serial else 4 <= ended < 9  # with several devices some ran already
    assert (first.halted, first.exit_code, len(first.front)) == (None, 0, ended)
    assert first.unmet is not None
    assert first.unmet.startswith("budget.stagnation: the front has not grown in the last ")
    again = launched(3)
    assert (again.study.count("COMPLETE"), again.unmet) == (ended, first.unmet)
    assert launched(None).study.count("COMPLETE") == 9


def test_no_trial_begins_once_the_device_hours_are_used(storage_url: str, tmp_path: Path) -> None:
    def launched(device_hours: float | None) -> Launched:
        config = toy_config(trials=6, epoch_seconds=0.05, device_hours=device_hours)  # a trial takes 0.2 s
        return launch_toy(config, storage_url, tmp_path)

    first = launched(0.3 / 3600)
    assert first.study.count("COMPLETE") == 2
    assert first.unmet is not None
    assert first.unmet.startswith("budget.device_hours: ")
    again = launched(0.3 / 3600)
    assert again.study.count("COMPLETE") == 2
    assert again.unmet is not None
    assert launched(None).study.count("COMPLETE") == 6
