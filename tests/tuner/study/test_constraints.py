"""Constraints of a study: their values, what samplers learn of them, and what they mean for budgets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tuner.configs import RANGE, SINGLE, toy_config
from tests.tuner.driven import Driven, ask
from tests.tuner.launching import launch_toy
from tuner.config.sections import Constraint
from tuner.run.early_stopping.rule import losses_of
from tuner.run.live.tally import Tally
from tuner.store.tables.creation import make_store
from tuner.study.constraints import broken_bounds, constraint_values, is_feasible
from tuner.study.history import History, feasible_values
from tuner.study.outcome import Completed, Failed, Stopped
from tuner.study.stored_history import StoredHistory, StoredTrial
from tuner.study.trial import Report, TrialSpec

BOUNDS = [{"metric": "cost", "at_most": 0.6}, {"metric": "cost", "at_least": 0.2}]
CONSTRAINED: dict[str, Any] = {"constraints": BOUNDS, "x": RANGE, "kind": RANGE}

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(value=finite, bound=finite, side=st.sampled_from(["at_most", "at_least"]))
def test_a_constraint_value_says_whether_the_bound_is_kept(value: float, bound: float, side: str) -> None:
    constraint = Constraint(metric="cost", **{side: bound})  # type: ignore[arg-type]
    values = constraint_values([constraint], {"cost": value})
    assert list(values) == [f"cost.{side}"]
    assert math.isfinite(values[f"cost.{side}"])
    kept = value <= bound if side == "at_most" else value >= bound
    assert is_feasible(values) == kept
    assert bool(broken_bounds([constraint], {"cost": value})) != kept


def test_what_a_completed_trial_lacks_is_decided_as_of_an_objective(storage_url: str, tmp_path: Path) -> None:
    results = [{"score": 1.0}, {"score": 1.0, "cost": math.nan}, {"score": 1.0, "cost": -math.inf}]
    results.append({"score": 0.5, "cost": 0.5})

    def train(spec: TrialSpec) -> Iterator[Report]:
        yield Report(1, {"score": 1.0}, result=results[spec.number])

    config = toy_config(objectives=SINGLE, trials=3, epochs=1, constraints=BOUNDS)
    records = launch_toy(config, storage_url, tmp_path, train=train).study.records()
    assert [(record.state, record.attributes.get("reason")) for record in records] == [
        ("FAIL", "the result lacks cost; it has score"),
        ("PRUNED", "not a finite result: cost is nan"),
        ("PRUNED", "not a finite result: cost is -inf"),
        ("COMPLETE", None),
    ]


def test_a_stored_trial_without_values_is_none() -> None:
    """Another program deleted them."""
    stored = StoredTrial(0, "COMPLETE", ours=True)
    history = History(["maximize"], StoredHistory([stored], {}), ["cost.at_most"])
    assert feasible_values(history.trial(0)) is None
    assert history.trial(0).constraints == {"cost.at_most": 0.0}


def test_a_study_without_constraints_has_no_row_of_them(storage_url: str, tmp_path: Path) -> None:
    study = launch_toy(toy_config(trials=3), storage_url, tmp_path).study
    trials = optuna.load_study(study_name="toy", storage=storage_url).trials
    assert not any("constraints" in key for trial in trials for key in trial.system_attrs)
    assert all(record.constraints == {} for record in study.records())


@pytest.mark.parametrize("sampler", ["tpe", "nsga2"])
def test_an_interrupted_study_proposes_what_an_undisturbed_one_does(sampler: str, tmp_path: Path) -> None:
    def proposed(name: str, constraints: list[dict[str, Any]], *, stops: tuple[int, ...]) -> list[Any]:
        options = {"population_size": 4} if sampler == "nsga2" else {"n_startup_trials": 5}
        config = toy_config(
            **CONSTRAINED | {"constraints": constraints},
            study=name,
            trials=20,
            sampler={"name": sampler, "seed": 3, **options},
        )
        study = Driven(make_store(f"sqlite:///{tmp_path}/tuner.db", ["score", "cost"]), config)
        params, number = [], 0
        for end in (*stops, 20):
            with study.driving():
                while number < end:
                    spec = ask(study)
                    params.append(dict(spec.params))
                    cost = spec.params["x"] + spec.params["kind"] / 10
                    study.tell(spec, Completed({"score": cost, "cost": cost}))
                    number += 1
        return params

    undisturbed = proposed("undisturbed", BOUNDS, stops=())
    assert proposed("interrupted", BOUNDS, stops=(6, 11, 12)) == undisturbed
    assert proposed("unconstrained", [], stops=()) != undisturbed


@pytest.mark.parametrize("sampler", ["tpe", "gp"])
def test_a_trial_that_another_program_completes_is_feasible(sampler: str, storage_url: str) -> None:
    """So does Optuna take a trial without constraint values; its GP sampler wants equally many of each."""
    sampling = {"name": sampler, "seed": 0, "n_startup_trials": 3}
    config = toy_config(**CONSTRAINED, trials=14, sampler=sampling)
    study = Driven(make_store(storage_url, ["score", "cost"]), config)

    def tell(count: int) -> None:
        for _ in range(count):
            spec = ask(study)
            study.tell(spec, Completed({"score": spec.params["kind"], "cost": spec.params["x"] / 6}))

    with study.driving() as driven:
        tell(3)
        assert driven.front() == []
        taken = ask(study).number
        study.optuna_study.tell(taken, [0.1, 0.9])
        assert study.see_external_changes()
        tell(1)
        assert [record.number for record in driven.front()] == [taken]
    with study.driving() as driven:
        tell(1)
        assert [record.number for record in driven.front()] == [taken]
    assert [record.number for record in study.view.front()] == [taken]
    assert [trial.number for trial in study.optuna_study.best_trials] == [taken]


def test_an_infeasible_trial_counts_and_never_enlarges_the_front(storage_url: str, tmp_path: Path) -> None:
    costs = [0.5, 0.1, 0.05, 0.4, 0.01, 0.0, 0.0]

    def train(spec: TrialSpec) -> Iterator[Report]:
        measured = {"score": 0.5, "cost": costs[spec.number]}
        yield Report(1, measured, result=measured)

    def launched(stagnation: int) -> tuple[int, str | None]:
        rule = {"trials": stagnation}
        config = toy_config(trials=7, epochs=1, constraints=BOUNDS, stagnation=rule)
        launched = launch_toy(config, storage_url, tmp_path, train=train)
        return launched.study.count("COMPLETE"), launched.unmet

    ended, unmet = launched(2)
    assert ended == 3
    assert unmet is not None
    assert unmet.startswith("budget.stagnation: the front has not grown in the last 2 trials; 3 of 7")
    assert launched(2)[0] == 3  # read back from the store
    assert launched(3)[0] == 7  # trial 3 enlarged the front, 4 to 6 did not


def test_early_stopping_is_told_only_what_keeps_the_constraints() -> None:
    config = toy_config(constraints=[*BOUNDS, {"metric": "size", "at_most": 1.0}])
    kept = {"score": 0.5, "cost": 0.4, "size": 1.0, "other": None}
    assert losses_of(config, kept) == [-0.5, 0.4]
    for broken in ({"cost": 0.7}, {"cost": 0.1}, {"size": 1.1}, {"size": None}, {"size": math.inf}):
        assert losses_of(config, kept | broken) is None
    assert losses_of(toy_config(), {"score": 0.5, "cost": 0.4}) == [-0.5, 0.4]
    assert losses_of(toy_config(), {"score": 0.5, "cost": math.nan}) is None


def test_a_trial_that_breaks_a_constraint_stops_no_other(sqlite_url: str, tmp_path: Path) -> None:
    """Trials 1 to 3 are better than the last one, and cost more than is allowed."""
    scores, costs = [0.1, 0.7, 0.8, 0.9, 0.2], [0.5, 0.9, 0.9, 0.9, 0.5]

    def train(spec: TrialSpec) -> Iterator[Report]:
        for epoch in (1, 2, 3, 4):
            measured = {"score": scores[spec.number], "cost": costs[spec.number]}
            yield Report(epoch, measured, result=measured if epoch == 4 else None)

    def states(constraints: list[dict[str, Any]], study: str) -> list[str]:
        rule = {"name": "asha", "reduction_factor": 2}
        config = toy_config(
            study=study, objectives=SINGLE, trials=5, early_stopping=rule, constraints=constraints
        )
        study_view = launch_toy(config, sqlite_url, tmp_path, train=train).study
        return [record.state for record in study_view.records()]

    assert states([], "unconstrained") == ["COMPLETE"] * 4 + ["PRUNED"]
    assert states(BOUNDS, "constrained") == ["COMPLETE"] * 5


def test_a_tally_takes_back_what_was_infeasible() -> None:
    tally = Tally(toy_config(constraints=BOUNDS))
    for outcome in (Completed({"score": 0.9, "cost": 0.1}), Stopped({"cost": 0.9}, 1, "asha"), Failed("no")):
        tally.add(outcome)
    assert (tally.infeasible, tally.done, tally.best(), tally.front()) == (1, 2, {}, (0, 0.0))
    tally.add(Completed({"score": 0.5, "cost": 0.5}))
    assert (tally.best(), tally.front()[0]) == ({"score": 0.5, "cost": 0.5}, 1)
    tally.take_back(Completed({"score": 0.9, "cost": 0.1}))
    assert (tally.infeasible, tally.done, tally.front()[0]) == (0, 2, 1)
