"""An outcome as the store has it, and whether the store has it already."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum, auto
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from tuner.study.event import Entry
from tuner.study.store.tables import readable
from tuner.study.trial import Completed, Failed, Outcome, Report, Stopped

STATE_OF = {Completed: TrialState.COMPLETE, Stopped: TrialState.PRUNED, Failed: TrialState.FAIL}


def said_of(outcome: Outcome) -> dict[str, Any]:
    """What the store keeps of an outcome beside its state: its metrics, or the reason that it has none."""
    said: dict[str, Any] = {} if isinstance(outcome, Failed) else dict(outcome.metrics)
    if not isinstance(outcome, Completed):
        reason = readable(outcome.reason)
        lines = reason.strip().splitlines() or ["no reason given"]
        said["reason"] = lines[-1].strip()
        if len(lines) > 1:
            said["traceback"] = reason
    return said


class Told(Enum):
    """Whether the store was told what a driver kept for it."""

    NOT_YET = auto()
    ALREADY = auto()
    NO_LONGER = auto()
    """Nor can it be: another driver has taken the trial over, or there is no such trial."""


def told_of(
    entry: Entry, trials: Collection[FrozenTrial], reported: Callable[[], Collection[tuple[int, int]]]
) -> Told:
    """Whether the store has an entry that an earlier driver kept.

    Args:
        entry: what it kept.
        trials: all of the study.
        reported: gives the trials' numbers and epochs of all reports; asked only if it matters.
    """
    trial = next((trial for trial in trials if trial.number == entry.spec.number), None)
    if trial is None or trial.user_attrs.get("asked_by") != entry.driver:
        return Told.NO_LONGER
    if trial.state is TrialState.RUNNING:
        return Told.NOT_YET
    if isinstance(entry.said, Report):
        epoch = entry.said.epoch
        known = epoch == 0 or (trial.number, epoch) in reported()  # what ended before its first has no row
    else:
        reason = said_of(entry.said).get("reason")
        known = trial.state is STATE_OF[type(entry.said)] and trial.user_attrs.get("reason") == reason
    return Told.ALREADY if known else Told.NO_LONGER
