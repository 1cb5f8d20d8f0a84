"""The sampler of a study and its options."""

from typing import Annotated, Literal

from pydantic import Field

from formats.validation import Section
from tuner.config.space.numbers import FiniteFloat, WholeNumber

Seed = Annotated[WholeNumber, Field(ge=0, lt=2**32)]
_Count = Annotated[WholeNumber, Field(ge=1)]
_Probability = Annotated[FiniteFloat, Field(ge=0, le=1)]


class _Sampler(Section):
    """With the same seed a sampler proposes the same parameters after the same results."""

    seed: Seed = 0


class _ModelSampler(_Sampler):
    """One that learns from the trials so far.

    Attributes:
        n_startup_trials: how many trials are proposed at random first. It does not follow the budget: a study
            that is enlarged proposes what it would have proposed with the larger budget from the start.
    """

    n_startup_trials: Annotated[WholeNumber, Field(ge=0)] = 10


class AutoConfig(_Sampler):
    """A Gaussian process or the tree-structured Parzen estimator, as `tuner.config.auto_sampler` chooses."""

    name: Literal["auto"]


class TpeConfig(_ModelSampler):
    """The tree-structured Parzen estimator.

    Attributes:
        n_ei_candidates: of how many draws it proposes the best.
        multivariate: whether all parameters are modelled together; that is faster after thousands of trials.
    """

    name: Literal["tpe"]
    n_ei_candidates: _Count = 24
    multivariate: bool = False


class RandomConfig(_Sampler):
    """Independent and uniform draws."""

    name: Literal["random"]


class NsgaiiConfig(_Sampler):
    """NSGA-II.

    Attributes:
        population_size: how many trials a generation has; the first is random. Null is 50, but not more than
            a fifth of the budget, and at least 4.
        mutation_prob: how likely a parameter is to be drawn anew; null is 1 / parameters.
        crossover_prob: how likely a trial is to have two parents.
        swapping_prob: how likely a parameter is to come from the second.
    """

    name: Literal["nsga2"]
    population_size: Annotated[WholeNumber, Field(ge=2)] | None = None
    mutation_prob: _Probability | None = None
    crossover_prob: _Probability = 0.9
    swapping_prob: _Probability = 0.5

    def population(self, trials: int) -> int:
        """How many trials a generation has in a budget of so many."""
        return min(50, max(4, trials // 5)) if self.population_size is None else self.population_size


class GpConfig(_ModelSampler):
    """A Gaussian process; `deterministic_objective` if equal parameters give equal values."""

    name: Literal["gp"]
    deterministic_objective: bool = False


class CmaesConfig(_Sampler):
    """CMA-ES.

    Attributes:
        n_startup_trials: how many trials are proposed at random first.
        sigma0: the initial step; null is a sixth of the narrowest range.
        popsize: how many trials a generation has; null grows with the number of parameters.
    """

    name: Literal["cmaes"]
    n_startup_trials: Annotated[WholeNumber, Field(ge=0)] = 1
    sigma0: Annotated[FiniteFloat, Field(gt=0)] | None = None
    popsize: Annotated[WholeNumber, Field(ge=2)] | None = None


class QmcConfig(_Sampler):
    """A scrambled quasi-random sequence."""

    name: Literal["qmc"]
    qmc_type: Literal["sobol", "halton"] = "sobol"


class GridConfig(_Sampler):
    """Every combination once."""

    name: Literal["grid"]


SamplerConfig = Annotated[
    AutoConfig | TpeConfig | RandomConfig | NsgaiiConfig | GpConfig | CmaesConfig | QmcConfig | GridConfig,
    Field(discriminator="name"),
]
