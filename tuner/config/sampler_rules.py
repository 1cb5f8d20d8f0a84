"""The search spaces that each sampler can search; any other it would sample at random without a warning."""

from math import prod
from typing import Literal

from tuner.config.space.search_space import SearchSpace

SamplerName = Literal["auto", "tpe", "random", "nsga2", "gp", "cmaes", "qmc", "grid"]

_UNCONDITIONAL = ("gp", "cmaes", "qmc", "grid")


def sampler_complaints(
    sampler: SamplerName,
    space: SearchSpace,
    *,
    objectives: int,
    trials: int,
    trainings: int = 1,
    constrained: bool = False,
) -> list[str]:
    """The reasons why the sampler cannot search the space, each with a hint; none if it can.

    Args:
        sampler: its name.
        space: the study's.
        objectives: how many the study has.
        trials: its budget.
        trainings: how many of them one point can take.
        constrained: whether it has constraints.
    """
    complaints = []
    if sampler in _UNCONDITIONAL and space.is_conditional:
        complaints.append(f"{sampler} cannot search parameters inside the options of a one_of; use tpe")
    if sampler == "cmaes":
        complaints += _cmaes_complaints(space, objectives)
        if constrained:  # it would be drawn to the best of the infeasible trials
            complaints.append("cmaes does not learn from constraints; use tpe, gp or nsga2")
    if sampler == "grid" and not space.is_conditional:
        complaints += _grid_complaints(space, trials, trainings)
    return complaints


def _cmaes_complaints(space: SearchSpace, objectives: int) -> list[str]:
    complaints = []
    if objectives > 1:
        complaints.append(f"cmaes serves one objective, this study has {objectives}; use tpe or nsga2")
    if space.has_choices:
        complaints.append("cmaes cannot search categorical or one_of holes; use tpe")
    elif len(space.names) < 2:
        complaints.append(f"cmaes needs at least 2 ranges, this space has {len(space.names)}; use tpe")
    return complaints


def _grid_complaints(space: SearchSpace, trials: int, trainings: int) -> list[str]:
    if space.has_ranges:
        return [
            "grid cannot search float or int ranges; list their values as categorical choices, or use qmc"
        ]
    points = prod(len(values) for values in space.grid_values().values())
    most = points * trainings
    if trials > most:
        each = f" of {trainings} trainings" if trainings > 1 else ""
        return [
            f"grid has {points} points{each}, budget.trials is {trials}; set budget.trials to at most {most}"
        ]
    return []
