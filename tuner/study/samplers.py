"""A sampler's name turned into Optuna's sampler."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable

import optuna
from optuna.samplers import BaseSampler

from tuner.config.space.search_space import SearchSpace
from tuner.config.study_config import StudyConfig


def next_sampler(config: StudyConfig, proposals: int) -> BaseSampler:
    """The sampler of a study's next proposal, after so many; a trial that goes on is no proposal."""
    seed = proposal_seed(config.sampler.name, config.sampler.seed, proposals)
    return build_sampler(config.sampler.name, config.space, seed)


def build_sampler(name: str, space: SearchSpace, seed: int) -> BaseSampler:
    """The sampler that proposes one trial.

    It is built anew for each proposal, with a seed of that proposal (`proposal_seed`), so that what is
    proposed depends on the study's seed and its history alone, and not on how often the driver was started.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return _SAMPLERS[name](space, seed)


def proposal_seed(name: str, study_seed: int, proposal: int) -> int:
    """The seed of one proposal; the quasi-random sequence keeps the study's, or it would not be one."""
    if name == "qmc":
        return study_seed
    digest = hashlib.sha256(f"{study_seed}/{proposal}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _tpe(space: SearchSpace, seed: int) -> BaseSampler:
    return optuna.samplers.TPESampler(
        multivariate=True, group=space.is_conditional, constant_liar=True, seed=seed
    )


def _cmaes(space: SearchSpace, seed: int) -> BaseSampler:  # noqa: ARG001
    return optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)


def _qmc(space: SearchSpace, seed: int) -> BaseSampler:  # noqa: ARG001
    return optuna.samplers.QMCSampler(scramble=True, seed=seed, warn_independent_sampling=False)


# A grid's points are queued one by one (`grid.py`); nothing is asked beyond them.
_SAMPLERS: dict[str, Callable[[SearchSpace, int], BaseSampler]] = {
    "tpe": _tpe,
    "random": lambda _, seed: optuna.samplers.RandomSampler(seed=seed),
    "nsga2": lambda _, seed: optuna.samplers.NSGAIISampler(seed=seed),
    "gp": lambda _, seed: optuna.samplers.GPSampler(seed=seed),
    "cmaes": _cmaes,
    "qmc": _qmc,
    "grid": lambda _, seed: optuna.samplers.RandomSampler(seed=seed),
}
