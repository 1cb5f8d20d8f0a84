"""Mean and 95 % confidence interval of a few measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from statistics import fmean, stdev

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """The mean of some measurements, and how far from it the true mean may lie.

    Attributes:
        mean: their mean.
        half_width: of the two-sided 95 % interval of Student's t distribution; infinite for one measurement.
        count: how many there are.
    """

    mean: float
    half_width: float
    count: int

    @classmethod
    def of(cls, measurements: Sequence[float]) -> Interval:
        """Return the interval of one measurement or more, which are taken to be normally distributed."""
        count = len(measurements)
        if count == 1:
            return cls(measurements[0], inf, 1)
        from scipy.special import stdtrit

        quantile = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2))
        return cls(fmean(measurements), quantile * stdev(measurements) / sqrt(count), count)

    def as_json(self) -> dict[str, float | None]:
        """Return it as JSON can hold it: mean, half_width (None of one measurement), count."""
        half_width = self.half_width if isfinite(self.half_width) else None
        return {"mean": self.mean, "half_width": half_width, "count": self.count}

    def __str__(self) -> str:
        """`0.912 ± 0.014`; the mean alone if there is one measurement."""
        return f"{self.mean:.4g}" + (f" ± {self.half_width:.2g}" if self.count > 1 else "")
