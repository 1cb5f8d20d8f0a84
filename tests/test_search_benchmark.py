"""The accounts of the search benchmark: clocks, device-seconds, hypervolumes; on curves made by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.search.contenders import ENTRIES, STOCK
from benchmarks.search.curves import Curves
from benchmarks.search.scores import hypervolumes, seconds_until
from benchmarks.search.simulation import Ended, Reached, Search, Training, simulate
from benchmarks.search.surrogate import Kernel, Surrogate
from benchmarks.search.task import DIGITS


def training(*values: float, labels: int = 10, seconds: float = 1.0, start: float = 0.0) -> Training:
    return Training(np.array(values), labels, np.full(len(values), seconds), start)


class Scripted:
    """Asks for trials in order, and stops each after the epoch that it is given."""

    def __init__(self, stops: list[int | None]) -> None:
        self.stops = stops
        self.asked = 0
        self.told: list[tuple[int, Reached, bool]] = []

    def ask(self) -> tuple[int, Mapping[str, Any]] | None:
        if self.asked == len(self.stops):
            return None
        self.asked += 1
        return self.asked - 1, {"trial": self.asked - 1}

    def report(self, trial: int, reached: Reached) -> bool:
        return reached.epoch == self.stops[trial]

    def tell(self, trial: int, reached: Reached, *, completed: bool) -> None:
        self.told.append((trial, reached, completed))


TRAININGS = [
    training(0.1, 0.3, 0.2, seconds=2.0),  # from 0 to 6
    training(0.5, 0.5, start=0.5),  # from 0 to 1.5, where it is stopped
    training(0.7, 0.6, seconds=1.0),  # from 1.5 to 3.5
]


@pytest.fixture
def contender() -> Scripted:
    return Scripted([None, 1, None])


def test_a_device_takes_the_next_trial_when_one_ends(contender: Scripted) -> None:
    search = simulate(contender, lambda params: TRAININGS[params["trial"]], devices=2)
    assert [(each.started, each.ended, each.completed) for each in search.trials] == [
        (0.0, 1.5, False),
        (1.5, 3.5, True),
        (0.0, 6.0, True),
    ]
    assert [trial for trial, _, _ in contender.told] == [1, 2, 0]
    assert contender.told[0][1:] == (Reached(1, 0.5, 0.5, 10), False)
    assert contender.told[2][1:] == (Reached(3, 0.2, 0.3, 10), True)
    assert (search.epochs, search.completed, len(search.ask_seconds)) == (6, 2, 3)


@pytest.mark.parametrize(
    ("clock", "seconds"), [(0.0, 0.0), (1.0, 2.0), (1.5, 3.0), (3.5, 7.0), (5.0, 8.5), (99, 9.5)]
)
def test_a_device_that_is_idle_costs_nothing(contender: Scripted, clock: float, seconds: float) -> None:
    search = simulate(contender, lambda params: TRAININGS[params["trial"]], devices=2)
    assert search.device_seconds(clock) == pytest.approx(seconds)


@pytest.mark.parametrize(("patience", "epochs"), [(1, 3), (2, 6), (3, 7), (9, 7)])
def test_patience_ends_a_training_after_epochs_without_anything_better(patience: int, epochs: int) -> None:
    whole = training(0.1, 0.2, 0.2, 0.3, 0.1, 0.3, 0.2)
    cut = whole.with_patience(patience)
    assert cut.values.tolist() == whole.values[:epochs].tolist()
    assert len(cut.seconds) == epochs


def test_a_front_has_what_was_completed_and_of_rivals_what_was_stopped() -> None:
    labels = round(math.sqrt(DIGITS.reference_labels))
    trials = (
        Ended(0.0, 2.0, False, Reached(1, 0.4, 0.8, labels)),
        Ended(0.0, 4.0, True, Reached(2, 0.6, 0.6, labels)),
        Ended(2.0, 5.0, True, Reached(2, 0.9, 0.9, DIGITS.reference_labels)),
    )
    share = 1 - math.log(labels) / math.log(DIGITS.reference_labels)
    spent, ours = hypervolumes(DIGITS, Search(trials, ()), with_stopped=False)
    assert spent.tolist() == [4.0, 8.0, 9.0]
    assert ours == pytest.approx([0.0, 0.6 * share, 0.6 * share])
    assert hypervolumes(DIGITS, Search(trials, ()), with_stopped=True)[1] == pytest.approx(3 * [0.8 * share])
    assert seconds_until(spent, ours, 0.5 * share) == 8.0
    assert seconds_until(spent, ours, 0.7 * share) == math.inf


def test_packed_trainings_keep_four_digits_and_whole_numbers(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((5, 3))
    values[0, 1:] = np.nan
    labels = np.full((5, 3), 59_101.0)
    params = {"label_percent": values[:, 0] * 100, "lsdim": np.array([2, 4, 10, 64, 2])}
    Curves(params, {"map_at_r": values, "labelled_samples": labels}, values, values[:, 0]).save(
        tmp_path / "x.npz"
    )
    loaded = Curves.load(tmp_path / "x.npz")
    np.testing.assert_allclose(loaded.metrics["map_at_r"], values, rtol=1e-4)
    np.testing.assert_array_equal(loaded.metrics["labelled_samples"], labels)
    assert loaded.params_of(3) == {"label_percent": params["label_percent"][3], "lsdim": 64}


def test_a_configuration_always_has_the_same_curve() -> None:
    curves = Curves.load(DIGITS.packed).rows(np.arange(60))
    surrogate = Surrogate(DIGITS, curves, Kernel(np.ones(5), 0.1))
    params = curves.params_of(7)
    first, second = surrogate.training(params), surrogate.training(params)
    np.testing.assert_array_equal(first.values, second.values)
    assert first.labels == curves.metrics["labelled_samples"][7, 0]
    errors = np.abs(surrogate.expected(params) - curves.metrics["map_at_r"][7])
    assert (
        errors.mean() < np.abs(curves.metrics["map_at_r"].mean(axis=0) - curves.metrics["map_at_r"][7]).mean()
    )


@pytest.mark.filterwarnings("ignore")  # Optuna's and Ray's own
@pytest.mark.parametrize("name", [STOCK, "Optuna TPE", "ours, tpe", "ours, tpe, asha 2 from epoch 1"])
def test_contenders_run_the_trials_that_they_are_given(name: str) -> None:
    def training_of(params: Mapping[str, Any]) -> Training:
        labels = DIGITS.labels(params["label_percent"])
        return training(*np.linspace(0.1, params["unsupervised.alpha"], 30), labels=labels)

    search = simulate(ENTRIES[name].make(DIGITS, 14, 0), training_of, devices=4)
    assert len(search.trials) == 14
    stops = "asha" in name.lower()
    assert (search.completed < 14) == stops
    assert (search.epochs < 14 * 30) == stops
