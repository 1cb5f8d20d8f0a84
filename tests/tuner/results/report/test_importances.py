"""Importances beside Optuna's own PED-ANOVA, and by hand."""

from __future__ import annotations

import random

import numpy as np
import optuna
import pytest

from tuner.results.report.importances import FEWEST, importances_of


@pytest.mark.filterwarnings("ignore")  # Optuna's, that a target is to be small
@pytest.mark.parametrize("seed", range(3))
def test_the_order_is_that_of_optuna(seed: int) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))

    def loss(trial: optuna.Trial) -> float:
        x = trial.suggest_float("much", 0.0, 1.0)
        kind = trial.suggest_categorical("some", ["good", "bad", "worse"])
        trial.suggest_float("nothing", 1e-4, 1.0, log=True)
        return x + {"good": 0.0, "bad": 0.2, "worse": 0.4}[kind]

    study.optimize(loss, n_trials=400)
    ours = importances_of(
        [each.params for each in study.trials], np.array([each.value for each in study.trials])
    )
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    theirs = optuna.importance.get_param_importances(study, evaluator=evaluator)
    assert list(ours) == list(theirs) == ["much", "some", "nothing"]
    assert sum(ours.values()) == pytest.approx(1)


def test_a_parameter_counts_as_far_as_the_best_have_it() -> None:
    drawn = random.Random(0)
    losses = np.arange(100.0)
    x = [drawn.random() for _ in losses]
    never = [{"x": value, **({"own": index} if index >= 50 else {})} for index, value in enumerate(x)]
    assert importances_of(never, losses) == {"x": 1.0}
    always = [{"x": value, "own": index} for index, value in enumerate(x)]
    assert next(iter(importances_of(always, losses))) == "own"


def test_what_is_not_finite_does_not_count() -> None:
    params = [{"x": index} for index in range(FEWEST + 1)]
    losses = np.arange(FEWEST + 1.0)
    losses[:2] = np.nan
    assert importances_of(params, losses) == {}
    assert importances_of([], np.array([])) == {}
