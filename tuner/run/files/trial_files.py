"""Removes the files of trials that have ended while their study goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tuner.config.study_config import StudyConfig
from tuner.run.files.clean import MODELS, STATES, clean, remove
from tuner.store.reading.study_view import StudyView
from tuner.study.attempt import trial_folder
from tuner.study.constraints import is_feasible
from tuner.study.outcome import Failed, Outcome, values_of
from tuner.study.pareto import Array, as_losses
from tuner.study.trial import TrialSpec


class TrialFiles:
    """The files of one study's trials: states go when a trial ends, models when it is not on the front.

    Those of a trial that failed stay until the launch ends: it may be tried again.

    Args:
        config: the study's.
        front: the values of the trials on its front, by the folders that have their models.
    """

    def __init__(self, config: StudyConfig, front: Mapping[Path, Array]) -> None:
        self._config = config
        self._front = dict(front)
        self._directions = [objective.direction for objective in config.objectives]

    @classmethod
    def begin(cls, view: StudyView, config: StudyConfig, folder: Path) -> TrialFiles:
        """Clean a study's folder, which may have been left in the middle, and return its trials' files."""
        clean(view, folder, config.keep)
        directions = [objective.direction for objective in config.objectives]
        front = {
            trial_folder(folder, record.origin): as_losses([record.values], directions)[0]
            for record in view.front()
        }
        return cls(config, front)

    def ended(self, spec: TrialSpec, outcome: Outcome) -> None:
        """Remove what nobody needs since this trial has ended."""
        if isinstance(outcome, Failed):
            return
        last = Path(spec.folder)
        folder = last.parent if spec.results else last
        if self._config.keep.states == "running":
            for training in (folder, last):
                remove(training, STATES)
        if self._config.keep.models == "front":
            for left in self._left_by(folder, outcome):
                remove(left, MODELS)

    def _left_by(self, folder: Path, outcome: Outcome) -> list[Path]:
        """Return the folders of the trials that are not on the front now that this one has ended."""
        values, constraints = values_of(outcome, self._config)
        if values is None or not is_feasible(constraints):
            return [folder]
        losses = as_losses([values], self._directions)[0]
        if any(_dominates(other, losses) for other in self._front.values()):
            return [folder]
        left = [each for each, other in self._front.items() if _dominates(losses, other)]
        for each in left:
            del self._front[each]
        self._front[folder] = losses
        return left


def _dominates(losses: Array, others: Array) -> bool:
    return bool(np.all(losses <= others) and np.any(losses < others))
