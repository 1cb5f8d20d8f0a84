"""What is kept from one proposal to the next changes no proposal."""

from __future__ import annotations

import random
from collections.abc import Callable

import optuna
import pytest
from optuna.samplers import BaseSampler
from optuna.trial import TrialState

from tests.tuner.configs import RANGE, toy_config
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
    samplers = Samplers(toy_config(x=RANGE, sampler={"name": "tpe", "seed": 7}))

    def anew(index: int) -> BaseSampler:
        seed = proposal_seed("tpe", 7, index)
        return optuna.samplers.TPESampler(multivariate=True, constant_liar=True, seed=seed)

    assert proposals(samplers.next) == proposals(anew)
