"""Whether metrics keep a study's constraints, and the constraint values that Optuna's samplers learn from."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from tuner.config.sections import Constraint


def constraint_values(constraints: Sequence[Constraint], metrics: Mapping[str, float]) -> dict[str, float]:
    """Return by how much metrics are beyond each bound, by the constraint's key; 0 or less is within it.

    Every metric of the constraints must be there and finite. The values are finite too, as a database needs.
    """
    most = sys.float_info.max
    return {each.key: min(max(each.excess(metrics[each.metric]), -most), most) for each in constraints}


def is_feasible(values: Mapping[str, float]) -> bool:
    """Tell whether constraint values are all within their bounds, as no values are."""
    return all(value <= 0 for value in values.values())


def broken_bounds(constraints: Sequence[Constraint], metrics: Mapping[str, float]) -> list[str]:
    """Return a few words about each constraint that metrics break, such as `cost 0.5 is not at most 0.3`."""
    return [
        f"{each.metric} {metrics[each.metric]:.6g} is not {each.bound}"
        for each in constraints
        if each.excess(metrics[each.metric]) > 0
    ]
