"""A sampler's name turned into Optuna's sampler."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from functools import partial

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.search_space import IntersectionSearchSpace
from optuna.trial import FrozenTrial

from tuner.config.study_config import StudyConfig


class Samplers:
    """The samplers of a study's proposals, one a proposal.

    Each is built anew, with a seed of that proposal (`proposal_seed`), so that what is proposed depends on
    the study's seed and its history alone, and not on how often the driver was started. What all trials have
    in common is kept from one to the next: to find it anew takes as long as the proposal itself.
    """

    def __init__(self, config: StudyConfig) -> None:
        self._config = config
        self._common = IntersectionSearchSpace(include_pruned=True)

    def next(self, proposals: int) -> BaseSampler:
        """Return the sampler of the next proposal, after so many; a trial that goes on is no proposal."""
        name = self._config.sampler.name
        seed = proposal_seed(name, self._config.sampler.seed, proposals)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            if name == "tpe" and not self._config.space.is_conditional:
                return _JointTpe(self._common, seed)
            return _SAMPLERS[name](seed=seed)


class _JointTpe(optuna.samplers.TPESampler):
    """Multivariate TPE that is given what all trials have in common.

    Args:
        common: is kept up to date by each proposal.
        seed: the proposal's.
    """

    def __init__(self, common: IntersectionSearchSpace, seed: int) -> None:
        super().__init__(multivariate=True, constant_liar=True, seed=seed)
        self._common = common

    def infer_relative_search_space(
        self,
        study: optuna.Study,
        trial: FrozenTrial,  # noqa: ARG002
    ) -> dict[str, BaseDistribution]:
        common = self._common.calculate(study)
        return {name: distribution for name, distribution in common.items() if not distribution.single()}


def proposal_seed(name: str, study_seed: int, proposal: int) -> int:
    """The seed of one proposal; the quasi-random sequence keeps the study's, or it would not be one."""
    if name == "qmc":
        return study_seed
    digest = hashlib.sha256(f"{study_seed}/{proposal}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


# A grid's points are queued one by one (`queue.py`); nothing is asked beyond them.
_SAMPLERS: dict[str, Callable[..., BaseSampler]] = {
    "tpe": partial(optuna.samplers.TPESampler, multivariate=True, group=True, constant_liar=True),
    "random": optuna.samplers.RandomSampler,
    "nsga2": optuna.samplers.NSGAIISampler,
    "gp": optuna.samplers.GPSampler,
    "cmaes": partial(optuna.samplers.CmaEsSampler, warn_independent_sampling=False),
    "qmc": partial(optuna.samplers.QMCSampler, scramble=True, warn_independent_sampling=False),
    "grid": optuna.samplers.RandomSampler,
}
