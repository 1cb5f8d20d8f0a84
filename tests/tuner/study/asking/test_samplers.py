"""What is kept from one proposal to the next changes no proposal."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import optuna
import pytest
from optuna.samplers import BaseSampler
from optuna.trial import TrialState
from threadpoolctl import threadpool_info

from tests.tuner.configs import RANGE, SINGLE, toy_config
from tuner.config.auto_sampler import choice_line
from tuner.config.sampler import NsgaiiConfig
from tuner.errors import UsageError
from tuner.study.asking.samplers import Samplers, proposal_seed

PROPOSALS = 45


def proposals(sampler_of: Callable[[int, optuna.Study], BaseSampler]) -> list[dict[str, float]]:
    """The parameters of trials of which up to three run at once, and end in any order and state."""
    study = optuna.create_study(directions=["maximize", "minimize"])
    chance, running, proposed = random.Random(1), list[optuna.Trial](), list[dict[str, float]]()
    for index in range(PROPOSALS):
        study.sampler = sampler_of(index, study)
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        trial.suggest_float("y", 0, 1)
        proposed.append(trial.params)
        running.append(trial)
        if index % 3 == 2:
            for ended in chance.sample(running, len(running) - 1):
                running.remove(ended)
                state = chance.choice([TrialState.COMPLETE] * 4 + [TrialState.PRUNED, TrialState.FAIL])
                completed = state is TrialState.COMPLETE
                study.tell(ended, list(ended.params.values()) if completed else None, state=state)
    return proposed


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_tpe_proposes_what_one_that_looks_at_every_trial_anew_does() -> None:
    sampler = {"name": "tpe", "seed": 7, "multivariate": True}
    samplers = Samplers(toy_config(x=RANGE, sampler=sampler, trials=PROPOSALS))

    def anew(index: int, _study: optuna.Study) -> BaseSampler:
        seed = proposal_seed("tpe", 7, index)
        return optuna.samplers.TPESampler(multivariate=True, constant_liar=True, seed=seed)

    assert proposals(samplers.next) == proposals(anew)


OPTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"name": "tpe", "n_startup_trials": 3, "n_ei_candidates": 7},
        {"_n_startup_trials": 3, "_n_ei_candidates": 7},
    ),
    ({"name": "tpe"}, {"_n_startup_trials": 10, "_n_ei_candidates": 24, "_multivariate": False}),
    ({"name": "tpe", "multivariate": True}, {"_multivariate": True}),
    ({"name": "gp", "n_startup_trials": 4}, {"_n_startup_trials": 4}),
    ({"name": "gp"}, {"_n_startup_trials": 10}),
    ({"name": "nsga2", "population_size": 6}, {"population_size": 6}),
    ({"name": "nsga2"}, {"population_size": 8}),
    ({"name": "cmaes", "sigma0": 0.3, "popsize": 5}, {"_sigma0": 0.3, "_popsize": 5, "_n_startup_trials": 1}),
    ({"name": "qmc", "qmc_type": "halton"}, {"_qmc_type": "halton"}),
]


@pytest.mark.parametrize(("sampler", "expected"), OPTIONS)
@pytest.mark.parametrize("conditional", [False, True])
def test_options_reach_optuna(sampler: dict[str, Any], expected: dict[str, Any], conditional: bool) -> None:
    branches = {"search": "one_of", "options": [{"name": "a", "y": RANGE}, {"name": "b"}]}
    name = sampler["name"]
    if conditional and name not in ("tpe", "nsga2"):
        with pytest.raises(UsageError, match="cannot search parameters inside"):
            toy_config(x=branches, sampler=sampler, trials=40)
        return
    objectives = {"objectives": SINGLE} if name == "cmaes" else {}
    space = {"x": branches} if conditional else {"x": RANGE, "kind": RANGE}
    samplers = Samplers(toy_config(sampler=sampler, trials=40, **objectives, **space))
    built = samplers.next(0, optuna.create_study())
    assert {key: getattr(built, key) for key in expected} == expected


@pytest.mark.parametrize(("trials", "population"), [(1, 4), (12, 4), (40, 8), (1000, 50)])
def test_a_population_fits_the_budget(trials: int, population: int) -> None:
    assert NsgaiiConfig(name="nsga2").population(trials) == population


def test_nsga2_breeds_within_a_budget_of_forty_trials() -> None:
    samplers = Samplers(toy_config(x=RANGE, sampler={"name": "nsga2", "seed": 0}, trials=40))
    study = optuna.create_study(directions=["maximize", "minimize"])
    for index in range(40):
        study.sampler = samplers.next(index, study)
        trial = study.ask()
        x = trial.suggest_float("x", 0, 1)
        study.tell(trial, [x, x])
    generations = {trial.system_attrs["NSGAIISampler:generation"] for trial in study.trials}
    assert generations == {0, 1, 2, 3, 4}


def ended(completed: int, stopped: int) -> optuna.Study:
    study = optuna.create_study()
    for _ in range(completed):
        study.add_trial(optuna.create_trial(value=0.0))
    for _ in range(stopped):
        study.add_trial(optuna.create_trial(state=TrialState.PRUNED))
    return study


BRANCHES = {"search": "one_of", "options": [{"name": "a", "y": RANGE}, {"name": "b"}]}


@pytest.mark.parametrize(
    ("changes", "proposals", "study", "chosen"),
    [
        ({}, 0, (0, 0), optuna.samplers.GPSampler),
        ({}, 99, (90, 10), optuna.samplers.GPSampler),
        ({}, 99, (89, 11), optuna.samplers.TPESampler),  # what stops teaches a Gaussian process nothing
        ({}, 100, (100, 0), optuna.samplers.TPESampler),
        ({"x": BRANCHES}, 0, (0, 0), optuna.samplers.TPESampler),
        ({"early_stopping": {"name": "asha"}}, 0, (0, 0), optuna.samplers.TPESampler),
    ],
)
def test_auto_chooses(
    changes: dict[str, Any], proposals: int, study: tuple[int, int], chosen: type[BaseSampler]
) -> None:
    samplers = Samplers(toy_config(**{"sampler": {"name": "auto"}, "x": RANGE, **changes}))
    assert isinstance(samplers.next(proposals, ended(*study)), chosen)


def test_auto_says_what_it_chooses_and_why() -> None:
    def line(**changes: Any) -> str:
        config = toy_config(**{"sampler": {"name": "auto"}, "x": RANGE, **changes})
        return choice_line(config.space, config.early_stopping, objectives=len(config.objectives))

    assert line() == (
        "sampler auto: gp for the first 100 trials, then tpe: 1 parameter without branches, 2 objectives, "
        "no early stopping"
    )
    assert line(x=BRANCHES) == "sampler auto: tpe, since parameters stand inside the options of a one_of"
    assert line(early_stopping={"name": "median"}) == (
        "sampler auto: tpe, since early stopping stops trials, and gp learns only from those that complete"
    )
    many = [{"metric": name, "direction": "minimize"} for name in ("a", "b", "c")]
    assert line(objectives=many) == "sampler auto: tpe, since 3 objectives are more than 2"


def test_a_gaussian_process_leaves_the_other_cores_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[int]] = []
    study = optuna.create_study()
    config = toy_config(sampler={"name": "gp", "n_startup_trials": 2}, x=RANGE)
    inner = optuna.samplers.GPSampler._sample_relative_impl

    def looking(self: Any, *arguments: Any) -> Any:
        seen.append({pool["num_threads"] for pool in threadpool_info()})
        return inner(self, *arguments)

    monkeypatch.setattr(optuna.samplers.GPSampler, "_sample_relative_impl", looking)
    study.sampler = Samplers(config).next(0, study)
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=4)
    assert seen[1:] == [{1}]
