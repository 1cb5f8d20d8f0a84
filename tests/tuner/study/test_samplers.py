"""What is kept from one proposal to the next changes no proposal."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import optuna
import pytest
from optuna.samplers import BaseSampler
from optuna.trial import TrialState

from tests.tuner.configs import RANGE, SINGLE, toy_config
from tuner.config.sampler import NsgaiiConfig
from tuner.errors import UsageError
from tuner.study.samplers import Samplers, proposal_seed

PROPOSALS = 45


def proposals(sampler_of: Callable[[int], BaseSampler]) -> list[dict[str, float]]:
    """The parameters of trials of which up to three run at once, and end in any order and state."""
    study = optuna.create_study(directions=["maximize", "minimize"])
    chance, running, proposed = random.Random(1), list[optuna.Trial](), list[dict[str, float]]()
    for index in range(PROPOSALS):
        study.sampler = sampler_of(index)
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
    samplers = Samplers(toy_config(x=RANGE, sampler={"name": "tpe", "seed": 7}, trials=PROPOSALS))

    def anew(index: int) -> BaseSampler:
        seed = proposal_seed("tpe", 7, index)
        return optuna.samplers.TPESampler(multivariate=True, constant_liar=True, seed=seed)

    assert proposals(samplers.next) == proposals(anew)


OPTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"name": "tpe", "n_startup_trials": 3, "n_ei_candidates": 7},
        {"_n_startup_trials": 3, "_n_ei_candidates": 7},
    ),
    ({"name": "tpe"}, {"_n_startup_trials": 10, "_n_ei_candidates": 24}),
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
    built = Samplers(toy_config(sampler=sampler, trials=40, **objectives, **space)).next(0)
    assert {key: getattr(built, key) for key in expected} == expected


@pytest.mark.parametrize(("trials", "population"), [(1, 4), (12, 4), (40, 8), (1000, 50)])
def test_a_population_fits_the_budget(trials: int, population: int) -> None:
    assert NsgaiiConfig(name="nsga2").population(trials) == population


def test_nsga2_breeds_within_a_budget_of_forty_trials() -> None:
    samplers = Samplers(toy_config(x=RANGE, sampler={"name": "nsga2", "seed": 0}, trials=40))
    study = optuna.create_study(directions=["maximize", "minimize"])
    for index in range(40):
        study.sampler = samplers.next(index)
        trial = study.ask()
        x = trial.suggest_float("x", 0, 1)
        study.tell(trial, [x, x])
    generations = {trial.system_attrs["NSGAIISampler:generation"] for trial in study.trials}
    assert generations == {0, 1, 2, 3, 4}
