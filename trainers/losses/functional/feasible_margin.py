"""The largest margin that points on the unit sphere can keep."""

from math import pi, sin, sqrt


def feasible_margin(classes: int, dims: int) -> float:
    """Return a distance that the two nearest of so many points on the unit sphere cannot exceed.

    It is the largest possible one, but for more than 2 dims classes in 3 dimensions and more, where only a
    search would find that; there √2 is not reached (Rankin, 1955).

    Args:
        classes: at least 2.
        dims: at least 1.
    """
    if dims == 2:
        return 2 * sin(pi / classes)
    if classes <= dims + 1:
        return sqrt(2 * classes / (classes - 1))
    return sqrt(2) if dims > 1 else 0.0
