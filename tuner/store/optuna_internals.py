"""What this program knows of Optuna beyond its documentation; a test checks that it still holds.

Everything else goes through Optuna's public names, or through its tables, whose version is checked. Optuna is
imported only where it is needed: readers need not wait for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

INFINITE = {"INF_POS": math.inf, "INF_NEG": -math.inf}
"""Values that Optuna stores as a type alone."""

PARENT_KEY = ":parent:"
"""In the key of the study attribute in which a genetic sampler keeps a generation's parents, by trial id."""


CONSTRAINT_PREFIX = "constraints:"
"""What the key of a trial's system attribute begins with that is the value of a constraint."""


def value_of(value: float | None, value_type: str) -> float:
    """Return an objective's value: of an infinite one Optuna stores the type alone."""
    return INFINITE.get(value_type, math.inf) if value is None else float(value)


def with_row_ids(key: str, value: Any, ids: Mapping[int, int]) -> Any:
    """Return a sampler's study attribute with the ids of rows in place of those that trials have in memory.

    In memory a trial's id is its number.
    """
    return [ids[number] for number in value] if PARENT_KEY in key else value


def with_numbers(key: str, value: Any, numbers: Mapping[int, int]) -> Any:
    """Undo `with_row_ids`; a row that is gone is left out."""
    return [numbers[row] for row in value if row in numbers] if PARENT_KEY in key else value


def frozen_study(
    study_id: int,
    name: str,
    directions: Sequence[Any],
    user_attributes: dict[str, Any],
    system_attributes: dict[str, Any],
) -> Any:
    """Return a study as Optuna's storages list it."""
    from optuna.study._frozen import FrozenStudy  # noqa: PLC0415

    return FrozenStudy(
        study_name=name,
        direction=None,
        directions=list(directions),
        user_attrs=user_attributes,
        system_attrs=system_attributes,
        study_id=study_id,
    )
