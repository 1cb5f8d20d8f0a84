"""The points of a grid search, each tried once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from optuna.trial import FrozenTrial


def untried_points(
    values: Mapping[str, Sequence[Any]], trials: Iterable[FrozenTrial]
) -> Iterator[dict[str, Any]]:
    """Yield each point of a grid that no trial has or waits with, whatever became of it.

    Args:
        values: the choices of each parameter.
        trials: all of the study.
    """
    tried = {_key(trial.system_attrs.get("fixed_params") or trial.params) for trial in trials}
    for point in itertools.product(*values.values()):
        params = dict(zip(values, point, strict=True))
        if _key(params) not in tried:
            yield params


def _key(params: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((name, repr(value)) for name, value in params.items())
