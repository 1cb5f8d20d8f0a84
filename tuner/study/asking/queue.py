"""Trials that wait to be asked for: further attempts, what other programs queued, points that are given."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from tuner.config.study_config import StudyConfig
from tuner.study.events.event import Ended, EventWriter, utc_now
from tuner.study.events.external_changes import TrialAdded, is_wrong_with
from tuner.study.history import History


class TrialQueue:
    """The waiting trials of a study, which come before the sampler's proposals.

    Args:
        config: the study's.
        history: its trials.
        writer: takes the end of those that are refused.
    """

    def __init__(self, config: StudyConfig, history: History, writer: EventWriter) -> None:
        self._space = config.space
        self._history = history
        self._writer = writer
        self._rows: dict[int, int] = {}
        self._is_grid = config.sampler.name == "grid"
        self._points = untried(config.enqueue, history)
        if self._is_grid:
            grid = grid_points(config.space.grid_values())
            self._points = itertools.chain(self._points, untried(grid, history))

    def first(self) -> FrozenTrial | None:
        """Return the trial that has waited longest; those that the space does not hold fail before it."""
        for trial in self._history.trials(TrialState.WAITING):
            if "attempt" in trial.user_attrs:
                return trial
            problem = is_wrong_with(trial.system_attrs.get("fixed_params", {}), self._space)
            if problem is None:
                return trial
            self._history.refuse(trial.number)
            row, attributes = self.row_of(trial.number), {"attempt": 1, "reason": problem}
            self._writer.append(Ended(trial.number, TrialState.FAIL.name, utc_now(), attributes, row=row))
        return None

    def may_propose(self) -> bool:
        """Return whether a trial may be asked for that does not wait; a point that is given then does."""
        point = next(self._points, None)
        if point is not None:
            self._history.queue(point, {})
        return point is not None or not self._is_grid

    def add(self, change: TrialAdded) -> None:
        """Add what another program queued, or take the number of a trial that it asked for."""
        if change.queued is None:
            self._history.add_placeholder()
        else:
            self._rows[self._history.queue(change.queued, {})] = change.trial_id

    def row_of(self, number: int) -> int | None:
        """Return the row of a trial that another program queued while the study was driven."""
        return self._rows.get(number)


def untried(points: Iterable[Mapping[str, Any]], history: History) -> Iterator[Mapping[str, Any]]:
    """Yield each point that no trial has, or waited with, whatever became of it."""
    tried = {key_of(trial.system_attrs.get("fixed_params") or trial.params) for trial in history.trials()}
    yield from (point for point in points if key_of(point) not in tried)


def grid_points(values: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield each combination of the parameters' values."""
    return (dict(zip(values, point, strict=True)) for point in itertools.product(*values.values()))


def key_of(params: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return what is equal for equal parameters; 1 and 1.0 are two."""
    return frozenset((name, repr(value)) for name, value in params.items())
