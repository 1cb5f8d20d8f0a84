"""What a service does at a moment, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TRIAL_STATES = ("running", "completed", "stopped", "failed", "waiting")
STUDY_STATES = ("queued", "running")


@dataclass(frozen=True)
class ServiceNumbers:
    """The numbers of a moment.

    Attributes:
        trials: trials of the studies that are driven, by `TRIAL_STATES`.
        studies: studies in the queue, by `STUDY_STATES`.
        devices: how many trials could run at once; of the kind with the most, if studies differ in theirs.
        busy: how many do.
        events_waiting: events that the store has not been told.
        away_seconds: how long the database has been away; 0 while it is there.
        leads: whether this service drives the queue.
    """

    trials: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(TRIAL_STATES, 0))
    studies: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(STUDY_STATES, 0))
    devices: int = 0
    busy: int = 0
    events_waiting: int = 0
    away_seconds: float = 0.0
    leads: bool = False
