"""A study's sampler config turned into Optuna's sampler."""

from __future__ import annotations

import hashlib
import warnings
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.search_space import IntersectionSearchSpace
from optuna.trial import FrozenTrial, TrialState
from threadpoolctl import threadpool_limits

from tuner.config.auto_sampler import GP_PROPOSALS, GP_STOPPED_SHARE, why_no_gp
from tuner.config.sampler import (
    AutoConfig,
    CmaesConfig,
    GpConfig,
    GridConfig,
    NsgaiiConfig,
    QmcConfig,
    RandomConfig,
    SamplerConfig,
    TpeConfig,
)
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

    def next(self, proposals: int, study: optuna.Study) -> BaseSampler:
        """Return the sampler of the next proposal, after so many; a trial that goes on is no proposal.

        Args:
            proposals: how many have been made.
            study: the one in memory, which will ask.
        """
        sampler = self._config.sampler
        seed = proposal_seed(sampler.name, sampler.seed, proposals)
        if isinstance(sampler, AutoConfig):
            sampler = self._chosen(proposals, study)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            warnings.filterwarnings("ignore", "`(sigma0|popsize)`", FutureWarning)  # kept until Optuna 6
            conditional = self._config.space.is_conditional
            if isinstance(sampler, TpeConfig) and sampler.multivariate and not conditional:
                return _JointTpe(self._common, **_tpe_options(sampler), seed=seed)
            return _sampler_of(sampler, self._config, seed)

    def _chosen(self, proposals: int, study: optuna.Study) -> TpeConfig | GpConfig:
        """Return what `auto` takes for a proposal."""
        config = self._config
        objectives = len(config.objectives)
        reason = why_no_gp(config.space, config.early_stopping, objectives=objectives)
        if reason is None and proposals < GP_PROPOSALS:
            completed, stopped = (
                len(study.get_trials(deepcopy=False, states=(state,)))
                for state in (TrialState.COMPLETE, TrialState.PRUNED)
            )
            if stopped <= GP_STOPPED_SHARE * (completed + stopped):
                return GpConfig(name="gp")
        return TpeConfig(name="tpe")


class _JointTpe(optuna.samplers.TPESampler):
    """Multivariate TPE that is given what all trials have in common.

    Args:
        common: is kept up to date by each proposal.
        options: those of Optuna's sampler.
    """

    def __init__(self, common: IntersectionSearchSpace, **options: Any) -> None:
        super().__init__(**options)
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


class _BoundedGp(optuna.samplers.GPSampler):
    """A Gaussian process that leaves the other cores to the trials.

    A library that the first proposal of a process loads is bounded from the second on.

    Args:
        threads: how many the process may use.
        options: those of Optuna's sampler.
    """

    def __init__(self, threads: int, **options: Any) -> None:
        super().__init__(**options)
        self._threads = threads

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        with threadpool_limits(self._threads):
            return super().sample_relative(study, trial, search_space)


def _sampler_of(config: SamplerConfig, study: StudyConfig, seed: int) -> BaseSampler:
    """Return Optuna's sampler of a study."""
    match config:
        case AutoConfig():
            raise TypeError("auto is one of the others for every proposal")
        case TpeConfig():
            options = _tpe_options(config)
            return optuna.samplers.TPESampler(group=config.multivariate, **options, seed=seed)
        case NsgaiiConfig():
            return optuna.samplers.NSGAIISampler(
                population_size=config.population(study.budget.trials),
                mutation_prob=config.mutation_prob,
                crossover_prob=config.crossover_prob,
                swapping_prob=config.swapping_prob,
                seed=seed,
            )
        case GpConfig():
            return _BoundedGp(
                max(1, int(study.resources.cpus)),
                n_startup_trials=config.n_startup_trials,
                deterministic_objective=config.deterministic_objective,
                warn_independent_sampling=False,
                seed=seed,
            )
        case CmaesConfig():
            return optuna.samplers.CmaEsSampler(
                n_startup_trials=config.n_startup_trials,
                sigma0=config.sigma0,
                popsize=config.popsize,
                warn_independent_sampling=False,
                seed=seed,
            )
        case QmcConfig():
            return optuna.samplers.QMCSampler(
                qmc_type=config.qmc_type, scramble=True, warn_independent_sampling=False, seed=seed
            )
        case RandomConfig() | GridConfig():  # a grid's points are queued one by one, and nothing beyond them
            return optuna.samplers.RandomSampler(seed=seed)


def _tpe_options(config: TpeConfig) -> dict[str, Any]:
    """Return the arguments that both of our TPE samplers have."""
    return {
        "multivariate": config.multivariate,
        "constant_liar": True,
        "n_startup_trials": config.n_startup_trials,
        "n_ei_candidates": config.n_ei_candidates,
    }
