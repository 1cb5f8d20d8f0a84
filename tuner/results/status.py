"""Where studies stand: how many trials are in which state, the best values so far, and who drives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from tuner.results.rows import cell
from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import WORD_OF
from tuner.terminal_text import NOTHING, one_line


def status_of(study: StudyView) -> dict[str, Any]:
    """Return a study in numbers, as JSON can hold it.

    Where its config cannot be read, what its budget says is None, and `unreadable` says why.
    """
    summary = study.summary()
    spent = None if study.unreadable else study.spent()
    return {
        "study": study.name,
        "budget": None if spent is None else study.config.budget.trials,
        "remaining": None if spent is None else spent.remaining,
        "ended_early": None if spent is None else spent.met_early,
        **{word: summary.states.get(state, 0) for state, word in WORD_OF.items()},
        "foreign": summary.foreign,
        "infeasible": summary.infeasible,
        "front": len(summary.front()),
        "best": summary.best(),
        "driver": study.held_by(),
        "unreadable": study.unreadable,
    }


def status_table(statuses: Sequence[dict[str, Any]]) -> Table:
    """Return a table with a row for each `status_of` a study."""
    table = Table(title="studies", title_justify="left")
    words = ["study", "budget", "remaining", *WORD_OF.values(), "front"]
    for word in words:
        table.add_column(word, justify="left" if word == "study" else "right")
    table.add_column("best")
    for status in statuses:
        best = "  ".join(f"{metric} {value:.4g}" for metric, value in status["best"].items())
        row = status | {"budget": "unreadable", "remaining": "?"} if status["unreadable"] else dict(status)
        if status["infeasible"]:
            row["completed"] = f"{status['completed']} ({status['infeasible']} infeasible)"
        table.add_row(*(cell(str(row[word])) for word in words), cell(best))
    return table


def driver_line(status: dict[str, Any], resume: str) -> str:
    """Return who drives the study, or how to go on with it, in one line.

    Args:
        status: the study's, as `status_of` gives it.
        resume: the command that resumes it.
    """
    if status["driver"] is not None:
        return f"driven by {one_line(status['driver'])}"
    if status["unreadable"]:
        return f"not driven; {one_line(status['unreadable'])}"
    if not status["remaining"]:
        return f"not driven; {status['ended_early'] or 'its budget is met'}"
    return f"not driven; resume with: {resume}"


def reason_lines(study: StudyView) -> list[str]:
    """Return a line for each trial that was stopped or failed: its number, which of the two, and why.

    They are no table of rich's, which would take seconds for a study of ten thousand trials.
    """
    rows = study.reasons()
    width = len(str(rows[-1][0])) if rows else 0
    return [
        f"trial {number:{width}}  {WORD_OF[state]:7}  {NOTHING if reason is None else one_line(reason)}"
        for number, state, reason in rows
    ]
