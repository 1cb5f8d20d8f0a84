"""Where one study or all stand at a moment: the numbers for programs, and what people are shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import ConsoleRenderable

from tuner.results.status.shown import failure_line, reason_lines, status_table, study_lines
from tuner.results.status.study_status import UNFINISHED, status_of, statuses_of, trials_of
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore


@dataclass(frozen=True)
class Seen:
    """What was read at a moment.

    Attributes:
        statuses: a `status_of` each study; that of a study which was asked for by name has its `trials`, too.
        parts: the same for people: texts of some lines, and tables.
        notes: what is wrong with single studies, a line each.
    """

    statuses: Sequence[dict[str, Any]]
    parts: Sequence[str | ConsoleRenderable]
    notes: Sequence[str] = field(default=())

    @property
    def data(self) -> Sequence[dict[str, Any]]:
        """What programs are given as JSON."""
        return self.statuses


def see_all(store: StudyStore) -> Seen:
    """Look at all studies of a store."""
    statuses = statuses_of(store.studies())
    notes = [status["unreadable"] for status in statuses if status["unreadable"]]
    return Seen(statuses, [status_table(statuses)], notes)


def see(store: StudyStore, study: str, settings: Settings, *, whole: bool, most: int | None = None) -> Seen:
    """Look at one study.

    Args:
        store: has it.
        study: its name.
        settings: name the store in commands.
        whole: whether its completed trials are wanted, too.
        most: show so many of the trials that ended without completing, the last; None for all.
    """
    view = store.load(study)
    status, trials = status_of(view), trials_of(view, () if whole else UNFINISHED)
    unfinished = [each for each in trials if each["state"] != "completed"]
    reasons = reason_lines(unfinished)
    hidden = 0 if most is None else max(0, len(reasons) - most)
    lines = study_lines(view, status, unfinished, settings)
    if hidden:
        lines.append(f"{hidden} more did not complete: {settings.again('status', study)}")
    lines += reasons[hidden:]
    if last := failure_line(unfinished, study, settings):
        lines.append(last)
    return Seen([{**status, "trials": trials}], ["\n".join(lines)])
