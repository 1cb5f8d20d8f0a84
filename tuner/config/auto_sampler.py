"""What `sampler: {name: auto}` chooses, and why."""

from __future__ import annotations

from formats.messages import counted
from tuner.config.sections import EarlyStopping
from tuner.config.space.search_space import SearchSpace

GP_PROPOSALS = 100
"""So many proposals are the Gaussian process's.

It was measured to be ahead in 40 to 60 trials (docs/benchmarks.md); after 100 a proposal takes a second.
"""

GP_STOPPED_SHARE = 0.1
"""It does not learn from stopped trials; where more than this share are, it would go on proposing such."""

_MOST_PARAMETERS = 10
_MOST_OBJECTIVES = 2


def why_no_gp(space: SearchSpace, early_stopping: EarlyStopping, *, objectives: int) -> str | None:
    """Return why a study is not one for the Gaussian process, or None if it is."""
    count = len(space.names)
    if space.is_conditional:
        return "parameters stand inside the options of a one_of"
    if count > _MOST_PARAMETERS:
        return f"{count} parameters are more than {_MOST_PARAMETERS}"
    if objectives > _MOST_OBJECTIVES:
        return f"{objectives} objectives are more than {_MOST_OBJECTIVES}"
    if early_stopping.name != "none":
        return "early stopping stops trials, and gp learns only from those that complete"
    return None


def choice_line(space: SearchSpace, early_stopping: EarlyStopping, *, objectives: int) -> str:
    """Return what is chosen, and why, in a line."""
    reason = why_no_gp(space, early_stopping, objectives=objectives)
    if reason is not None:
        return f"sampler auto: tpe, since {reason}"
    return (
        f"sampler auto: gp for the first {GP_PROPOSALS} trials, then tpe: "
        f"{counted(len(space.names), 'parameter')} without branches, {counted(objectives, 'objective')}, "
        "no early stopping"
    )
