"""What a study's reports mean to its early-stopping rule."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tuner.config.study_config import StudyConfig
from tuner.run.early_stopping import early_stopping_of
from tuner.study.pareto import as_losses

Seen = Sequence[tuple[int, int, Mapping[str, float | None]]]
"""Reports of earlier launches: the number of the trial's first attempt, epoch, metrics; as they came."""


class StoppingByReports:
    """The early-stopping rule of a study, told in the study's reports.

    Args:
        config: the study's.
        seen: what earlier launches reported.
    """

    def __init__(self, config: StudyConfig, seen: Seen) -> None:
        self._metrics = [objective.metric for objective in config.objectives]
        self._directions = [objective.direction for objective in config.objectives]
        self._rule = early_stopping_of(config)
        for origin, epoch, metrics in seen:
            self.observe(origin, epoch, metrics)

    def observe(self, origin: int, epoch: int, metrics: Mapping[str, float | None]) -> str | None:
        """Show the rule a report with every objective; return why the trial should stop.

        Args:
            origin: the number of the trial's first attempt.
            epoch: from 1; 0 is no epoch's report.
            metrics: the epoch's.
        """
        values = [value for name in self._metrics if (value := metrics.get(name)) is not None]
        if epoch < 1 or len(values) < len(self._metrics) or not all(map(math.isfinite, values)):
            return None
        return self._rule.observe(origin, epoch, as_losses([values], self._directions)[0].tolist())
