"""A trial as it is shown: the same from memory and from the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tuner.study.constraints import is_feasible
from tuner.study.pareto import as_losses, non_dominated

RESERVED = frozenset(
    {
        *("study", "number", "trial", "state", "feasible"),
        *("config", "versions", "git_commit", "attempt", "retry_of", "follows", "epoch", "checkpoint"),
        *("node", "node_id", "device", "device_name", "peak_memory_mib", "started_at", "ended_at", "seconds"),
        *("reported_at", "reason", "traceback", "health", "health_reason"),
        *("checkpoint_lost", "checkpoint_failed", "asked_by", "asked_as", "lost_on", "from_epoch"),
        *("results", "from_training", "epochs", "same_as", "taken_from", "retried_from"),
        *("code_hash", "code_commit"),
    }
)
"""Attributes of a trial, columns of `tuner_results`, keys of an exported row; no metric may be named so."""


SET_BY_THE_STUDY = ("epochs", "monitor")
"""Keys of a training config that no study file has."""

WORD_OF = {
    "COMPLETE": "completed",
    "PRUNED": "stopped",
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "waiting",
}
"""What people call Optuna's states."""


@dataclass(frozen=True)
class TrialRecord:
    """A trial as the store has it.

    Attributes:
        state: Optuna's word: COMPLETE, PRUNED (stopped), FAIL, RUNNING or WAITING.
        values: one a objective, in the study's order; empty unless COMPLETE.
        attributes: metrics by their names, device, seconds, reason, config, …
        constraints: by how much it is beyond each bound, by the constraint's key; empty unless COMPLETE.
    """

    number: int
    state: str
    params: Mapping[str, Any]
    values: tuple[float, ...]
    attributes: Mapping[str, Any]
    started: datetime | None
    ended: datetime | None
    constraints: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_feasible(self) -> bool:
        """Whether it keeps all constraints of its study."""
        return is_feasible(self.constraints)

    @property
    def origin(self) -> int:
        """The number of the trial's first attempt, which its folder is named by."""
        first = self.attributes.get("retry_of")  # others may have changed it
        return first if isinstance(first, int) else self.number

    @property
    def trained_as(self) -> int:
        """The number of the trial whose folder and reports it has: another's, if it has that one's result."""
        same = self.attributes.get("same_as")  # others may have changed it
        return same if isinstance(same, int) else self.origin

    @property
    def training_config(self) -> dict[str, Any]:
        """What was trained, without what its study sets: the epochs, and the metric that is watched."""
        return {key: value for key, value in self.attributes["config"].items() if key not in SET_BY_THE_STUDY}

    @property
    def is_ours(self) -> bool:
        """Whether a driver of ours asked for it; other programs may ask in the same study."""
        return "attempt" in self.attributes


def front_of(completed: Sequence[TrialRecord], directions: Sequence[str]) -> list[TrialRecord]:
    """Return those of a study's completed and feasible trials that no other dominates, in the same order."""
    feasible = [record for record in completed if record.is_feasible]
    best = non_dominated(as_losses([record.values for record in feasible], directions))
    return [record for record, keep in zip(feasible, best, strict=True) if keep]


def best_first(records: Iterable[TrialRecord], direction: str) -> list[TrialRecord]:
    """Return records of completed trials, the best of the first objective first, equal ones by number."""
    sign = -1 if direction == "maximize" else 1
    return sorted(records, key=lambda record: (sign * record.values[0], record.number))


def moment_of(stored: Any) -> datetime | None:
    """Return a time of the store, UTC without a zone as Optuna keeps it; None if it is no time."""
    try:
        moment = datetime.fromisoformat(stored)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
