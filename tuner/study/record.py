"""A trial as the store has it, for everything that only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from optuna.trial import FrozenTrial, TrialState


@dataclass(frozen=True)
class TrialRecord:
    """A trial as the store has it.

    Attributes:
        state: Optuna's word: COMPLETE, PRUNED (stopped), FAIL, RUNNING or WAITING.
        values: one a objective, in the study's order; empty unless COMPLETE.
        attributes: metrics by their names, device, seconds, reason, config, …
    """

    number: int
    state: str
    params: Mapping[str, Any]
    values: tuple[float, ...]
    attributes: Mapping[str, Any]
    started: datetime | None
    ended: datetime | None


def record_of(trial: FrozenTrial) -> TrialRecord:
    """The record of one of Optuna's trials; the value that Optuna gives a pruned trial is left out."""
    return TrialRecord(
        number=trial.number,
        state=trial.state.name,
        params=trial.params,
        values=tuple(trial.values or ()) if trial.state == TrialState.COMPLETE else (),
        attributes=trial.user_attrs,
        started=trial.datetime_start,
        ended=trial.datetime_complete,
    )
