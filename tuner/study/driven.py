"""What a session can drive: a study, or the confirmations of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict
from tuner.study.asking.answers import Answered
from tuner.study.events.external_changes import StopAsked, TrialLost
from tuner.study.outcome import Outcome
from tuner.study.trial import Report, Span, TrialSpec


class Driven(Protocol):
    """Decides what is trained next, and what becomes of it; nothing of it waits for a database."""

    @property
    def config(self) -> StudyConfig:
        """Its objectives, its budget, its early stopping."""

    @property
    def conflict(self) -> Conflict | None:
        """Why it cannot be driven on, or None."""

    @property
    def remaining(self) -> int:
        """How many trainings must still be completed or stopped."""

    def ask(self, folder: Path, place: Mapping[str, str] | None = None) -> TrialSpec | None:
        """Return the next training, which runs from here on; None if there is none now."""

    def answer(self, spec: TrialSpec, /) -> Answered | None:
        """End a training that was just asked for with a result that is known; None if none is."""

    def replicate(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None, /) -> TrialSpec | None:
        """Return the training of the same trial that follows one that has ended, if there is one."""

    def place(self, spec: TrialSpec, place: Mapping[str, str], /) -> None:
        """Note where it runs."""

    def report(self, spec: TrialSpec, report: Report, /) -> bool:
        """Take one report; return False if the training is no longer this driver's."""

    def tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None, /) -> bool:
        """End it; return False if it was no longer this driver's."""

    def interrupt_running(self, reason: str, /) -> None:
        """End what runs; it goes on from its last checkpoint when it is asked for again."""

    def changes(self) -> Iterator[TrialLost | StopAsked]:
        """Take in what other programs did; yield the trials that they ended or deleted, and a stop."""
