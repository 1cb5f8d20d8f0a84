"""The counts and the front that are kept while a study runs, against what the store gives."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from tests.tuner.configs import RANGE, toy_config
from tests.tuner.launching import launch_toy
from tuner.run.live.tally import Tally
from tuner.study.outcome import Completed, Failed, Stopped
from tuner.study.pareto import as_losses, hypervolume

TRIALS = [
    Completed({"score": 0.5, "cost": 0.5}),
    Stopped({"score": 0.9}, 1, "asha"),
    Completed({"score": 0.9, "cost": 0.7}),
    Failed("no luck"),
    Completed({"score": 0.4, "cost": 0.6}),
    Completed({"score": 0.5, "cost": 0.5}),
]


def test_a_tally_follows_what_ends() -> None:
    tally = Tally(toy_config())
    assert (tally.done, tally.best(), tally.front()) == (0, {}, (0, 0.0))
    for outcome in TRIALS:
        tally.add(outcome)
        tally.front()  # what was computed before may not be given again
    assert dict(tally.ended) == {"completed": 4, "stopped": 1, "failed": 1}
    assert (tally.done, tally.best()) == (5, {"score": 0.9, "cost": 0.5})
    size, volume = tally.front()
    losses = as_losses(tally.values, ["maximize", "minimize"])
    assert size == 3
    assert volume == pytest.approx(hypervolume(losses, np.array([-0.4, 0.7])))


def test_what_is_taken_back_was_never_there() -> None:
    tally, expected = Tally(toy_config()), Tally(toy_config())
    for outcome in TRIALS:
        tally.add(outcome)
    tally.front()
    for outcome in TRIALS[:3]:
        tally.take_back(outcome)
    for outcome in TRIALS[3:]:
        expected.add(outcome)
    assert (tally.done, tally.best(), tally.front()) == (expected.done, expected.best(), expected.front())


def test_a_tally_starts_from_the_store(sqlite_url: str, tmp_path: Path) -> None:
    study = launch_toy(toy_config(trials=5), sqlite_url, tmp_path).study
    tally = Tally.of(study.config, study.records())
    assert (tally.done, tally.ended["completed"]) == (5, 5)
    assert tally.front()[0] == len(study.front())
    assert tally.values == [list(record.values) for record in study.records()]


def test_further_trainings_of_a_trial_count(sqlite_url: str, tmp_path: Path) -> None:
    said = io.StringIO()
    replicates = {"seeds": 2, "when": "always"}
    config = toy_config(trials=4, replicates=replicates, train={"x": RANGE, "seed": 0})
    study = launch_toy(config, sqlite_url, tmp_path, said=said).study
    counts = [line.split()[0] for line in said.getvalue().splitlines() if line.startswith("[")]
    assert counts == ["[2/4]", "[4/4]"]
    tally = Tally.of(study.config, study.records())
    assert (tally.done, tally.ended["completed"]) == (4, 2)
    assert dict(tally.rows())["trials"] == "4 of 4: 2 completed, 0 stopped, 0 failed, 2 trained again"
