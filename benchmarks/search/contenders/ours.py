"""This project's search: its study in memory, its samplers, its early-stopping rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.search.simulation import Reached
from tuner.config.study_config import StudyConfig
from tuner.run.early_stopping import early_stopping_of
from tuner.study.asking.asker import Asker
from tuner.study.events.event import Event
from tuner.study.events.external_changes import ExternalChange
from tuner.study.history import History
from tuner.study.outcome import Completed, Stopped
from tuner.study.pareto import as_losses
from tuner.study.stored_history import StoredHistory
from tuner.study.study import Study
from tuner.study.trial import Metrics, Report, TrialSpec


class Ours:
    """A contender.

    Args:
        config: the study's.
    """

    def __init__(self, config: StudyConfig) -> None:
        self._directions = [objective.direction for objective in config.objectives]
        history, writer = History(self._directions, StoredHistory([], {})), _NoStore()
        asker = Asker(config, history, 0, writer, "benchmark")
        self._study = Study(config, history, asker, writer, "benchmark")
        self._rule = early_stopping_of(config)
        self._specs: dict[int, TrialSpec] = {}
        self._reasons: dict[int, str] = {}

    def ask(self) -> tuple[int, Mapping[str, Any]] | None:
        """Ask the study."""
        spec = self._study.ask(Path("runs"))
        if spec is None:
            return None
        self._specs[spec.number] = spec
        return spec.number, spec.params

    def report(self, trial: int, reached: Reached) -> bool:
        """Tell the study, and ask the rule."""
        metrics = _metrics(reached.value, reached.labels)
        self._study.report(self._specs[trial], Report(reached.epoch, metrics))
        losses = as_losses([list(metrics.values())], self._directions)[0].tolist()
        reason = self._rule.observe(trial, reached.epoch, losses)
        if reason is not None:
            self._reasons[trial] = reason
        return reason is not None

    def tell(self, trial: int, reached: Reached, *, completed: bool) -> None:
        """Tell the study."""
        metrics = _metrics(reached.best, reached.labels)
        outcome = Completed(metrics) if completed else Stopped(metrics, reached.epoch, self._reasons[trial])
        self._study.tell(self._specs.pop(trial), outcome)


class _NoStore:
    """Takes a study's events, and keeps none."""

    def append(self, event: Event) -> None:
        """Nothing."""

    def changes(self) -> Iterator[ExternalChange]:
        """None."""
        return iter(())


def _metrics(value: float, labels: int) -> Metrics:
    return {"map_at_r": value, "labelled_samples": float(labels)}
