"""Results over seeds, as mean and spread, in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from statistics import fmean, stdev


@dataclass(frozen=True)
class Result:
    """What one training ended with: its last epoch's metrics, and the verdict on its health."""

    metrics: Mapping[str, float]
    health: str


@dataclass(frozen=True)
class Table:
    """The results of every row, one a seed."""

    results: Mapping[str, Sequence[Result]]

    def mean(self, row: str, metric: str) -> float:
        """Return the mean over the seeds, nan if a seed has no such metric: it proves nothing."""
        values = self._values(row, metric)
        return fmean(values) if len(values) == len(self.results[row]) else nan

    def verdicts(self, row: str) -> str:
        """Return how often which verdict was given, such as ``equilateral 3/3``."""
        counts = Counter(result.health for result in self.results[row]).most_common()
        return ", ".join(f"{verdict} {count}/{len(self.results[row])}" for verdict, count in counts)

    def has_verdict(self, row: str, verdict: str) -> bool:
        return all(result.health == verdict for result in self.results[row])

    def markdown(self, columns: Sequence[str]) -> str:
        """Return the table, a column a metric: mean ± standard deviation over the seeds."""
        lines = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
        lines += [
            f"| {row} | {' | '.join(self._cell(row, column) for column in columns)} |" for row in self.results
        ]
        return "\n".join(lines)

    def _cell(self, row: str, column: str) -> str:
        if column == "health":
            return self.verdicts(row)
        values = self._values(row, column)
        if not values:
            return "–"
        spread = f" ± {stdev(values):.3f}" if len(values) > 1 else ""
        return f"{fmean(values):.3f}{spread}"

    def _values(self, row: str, metric: str) -> list[float]:
        return [result.metrics[metric] for result in self.results[row] if metric in result.metrics]
