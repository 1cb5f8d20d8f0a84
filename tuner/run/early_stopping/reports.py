"""What a study's reports mean to its early-stopping rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tuner.config.study_config import StudyConfig
from tuner.run.early_stopping import early_stopping_of
from tuner.run.early_stopping.rule import losses_of

Seen = Sequence[tuple[int, int, Mapping[str, float | None]]]
"""Reports of earlier launches: the number of the trial's first attempt, epoch, metrics; as they came."""


class StoppingByReports:
    """The early-stopping rule of a study, told in the study's reports.

    Args:
        config: the study's.
        seen: what earlier launches reported.
    """

    def __init__(self, config: StudyConfig, seen: Seen) -> None:
        self._config = config
        self._rule = early_stopping_of(config)
        for origin, epoch, metrics in seen:
            self.observe(origin, epoch, metrics)

    def observe(self, origin: int, epoch: int, metrics: Mapping[str, float | None]) -> str | None:
        """Show the rule a report that it can compare; return why the trial should stop.

        Args:
            origin: the number of the trial's first attempt.
            epoch: from 1; 0 is no epoch's report.
            metrics: the epoch's.
        """
        losses = losses_of(self._config, metrics)
        return None if epoch < 1 or losses is None else self._rule.observe(origin, epoch, losses)
