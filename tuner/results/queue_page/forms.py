"""The forms of the queue's page, and what they do to a study."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuner.errors import UsageError
from tuner.results.queue.standing import RUNNING, Standing
from tuner.results.report.section import escaped
from tuner.store.queue.queue_writer import QueueOptions, ask_for
from tuner.store.queue.queued_study import MOST_PRIORITY
from tuner.store.queue.submission import leave_queue, submit_study
from tuner.store.reading.study_view import StudyView
from tuner.store.steering import ask_to_stop

ACTIONS = ("stop", "resume", "priority")
_PRIORITY = re.compile("[0-9]{1,9}")


@dataclass(frozen=True)
class Forms:
    """The forms of one session.

    Attributes:
        path: below which they are sent.
        token: what tells that they are of the page.
    """

    path: str
    token: str

    def of(self, standing: Standing) -> str:
        """Return the forms of a study; none of one that has met its budget."""
        if standing.state == "completed":
            return ""
        is_live = standing.state in (RUNNING, "queued")
        word = "stop" if is_live else "resume"
        changed = self._form(standing, word, f"<button>{word}</button>")
        if not is_live:
            return changed
        name = escaped(f"priority of {standing.row.name}")
        field = (
            f"<input type=number name=priority min=1 max={MOST_PRIORITY} value={standing.row.priority} "
            f'aria-label="{name}">'
        )
        return changed + self._form(standing, "priority", f"{field}<button>set</button>")

    def _form(self, standing: Standing, action: str, inside: str) -> str:
        return (
            f'<form method=post action="{self.path}/{action}">'
            f'<input type=hidden name=study value="{escaped(standing.row.name)}">'
            f'<input type=hidden name=token value="{self.token}">{inside}</form>'
        )


def change(view: StudyView, action: str, priority: str) -> None:
    """Do to a study what a form asks; a driver that is to stop is not waited for.

    Raises:
        UsageError, Conflict: it cannot be done.
    """
    if action == "stop":
        leave_queue(view)
        ask_to_stop(view)
    elif action == "resume":
        submit_study(view, view.config, QueueOptions())
    elif not _PRIORITY.fullmatch(priority) or not 1 <= int(priority) <= MOST_PRIORITY:
        raise UsageError(f"priority is {priority[:20]!r}; allowed: 1 to {MOST_PRIORITY}")
    elif not ask_for(view.engine, view.study_id, QueueOptions(int(priority))):
        raise UsageError(f"study {view.name!r} is not in the queue")
