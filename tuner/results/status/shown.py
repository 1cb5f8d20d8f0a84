"""Where studies stand, for people: a table of all, and lines for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from formats.messages import counted
from tuner.results.fitted_table import FittedTable
from tuner.results.front import SIGNS
from tuner.results.status.study_status import INTERRUPTED
from tuner.settings import Settings
from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import WORD_OF, moment_of
from tuner.terminal_text import NOTHING, one_line

Status = Mapping[str, Any]

_WORDS = [*WORD_OF.values(), INTERRUPTED]


def status_table(statuses: Sequence[Status]) -> FittedTable:
    """Return a table with a row for each `status_of` a study; of its objectives the first is in it."""
    rows = []
    for status in statuses:
        best = [f"{metric} {value:.4g}" for metric, value in status["best"].items()][:1]
        best += [f"trial {number}" for number in status["best_trials"].values()][:1]
        rows.append([status["study"], _progress(status), str(status["front"]), ", ".join(best)])
    words = ("study", "trials", "best")
    return FittedTable("studies", ["study", "trials", "front", "best"], rows, left=words)


def study_lines(view: StudyView, status: Status, trials: Sequence[Status], settings: Settings) -> list[str]:
    """Return where a study stands: what its trials came to, who drives it, and what runs.

    Args:
        view: the study.
        status: its `status_of`.
        trials: its `trials_of`, those that did not complete.
        settings: name the store in commands.
    """
    allow_code = not view.unreadable and bool(view.config.trainable)
    resume = settings.resume(view.name, allow_code=allow_code)
    rows = [("study", one_line(view.name)), ("trials", _counts(status))]
    for each in view.objectives:
        if each.metric in status["best"]:
            value, number = status["best"][each.metric], status["best_trials"][each.metric]
            rows.append(("best", f"{each.metric} {SIGNS[each.direction]} {value:.4g}, trial {number}"))
    if status["front"]:
        rows.append(("front", f"{counted(status['front'], 'trial')}: {settings.again('front', view.name)}"))
    rows.append(("driver", driver_line(status, resume)))
    lines = [f"{word:6}  {text}" for word, text in rows]
    metric, now = view.objectives[0].metric, datetime.now(UTC).replace(tzinfo=None)
    driven = status["driver"] is not None
    running = [each for each in trials if each["state"] == "running"]
    lines += [f"trial {each['trial']}  {_running(each, metric, now, driven=driven)}" for each in running]
    return lines


def driver_line(status: Status, resume: str) -> str:
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


def reason_lines(trials: Sequence[Status]) -> list[str]:
    """Return a line for each trial that was stopped, failed or interrupted: its number, which, and why.

    They are no table of rich's, which would take seconds for a study of ten thousand trials.
    """
    ended = [each for each in trials if each["state"] not in ("running", "waiting")]
    number = max((len(str(each["trial"])) for each in ended), default=0)
    word = max((len(each["state"]) for each in ended), default=0)
    lines = []
    for each in ended:
        reason = NOTHING if each["reason"] is None else one_line(str(each["reason"]))
        again = "" if each["goes_on_as"] is None else f"; goes on as trial {each['goes_on_as']}"
        lines.append(f"trial {each['trial']:{number}}  {each['state']:{word}}  {reason}{again}")
    return lines


def failure_line(trials: Sequence[Status], study: str, settings: Settings) -> str | None:
    """Return how to see the whole of the last failure, if a trial failed with more than a line."""
    failed = [each["trial"] for each in trials if each["state"] == "failed" and each["traceback"]]
    return f"the last traceback: {settings.again('show', study, trial=failed[-1])}" if failed else None


def _progress(status: Status) -> str:
    """Return how much of the budget is used, and what is noteworthy of it."""
    if status["unreadable"]:
        return f"{status['used']}/unreadable"
    parts = [f"{status['used']}/{status['budget']}"]
    parts += [f"{status[word]} {_word(word, status)}" for word in _WORDS[1:] if status[word]]
    if status["infeasible"]:
        parts.append(f"{status['infeasible']} infeasible")
    if status["ended_early"]:
        parts.append("ended early")
    return ", ".join(parts)


def _counts(status: Status) -> str:
    """Return how many trials are in which state, in full."""
    parts = [f"{status[word]} {_word(word, status)}" for word in _WORDS if status[word]]
    if status["infeasible"]:
        parts[0] += f" ({status['infeasible']} infeasible)"
    if status["foreign"]:
        parts.append(f"{status['foreign']} of other programs")
    budget = "" if status["budget"] is None else f"{status['used']} of {status['budget']}"
    return ": ".join(filter(None, [budget, ", ".join(parts)])) or "none"


def _word(word: str, status: Status) -> str:
    """Return the word for trials in a state; what runs without a driver is orphaned."""
    return "orphaned" if word == "running" and status["driver"] is None else word


def _running(trial: Status, metric: str, now: datetime, *, driven: bool) -> str:
    """Return how far a running trial is, and where."""
    place = " ".join(str(trial[name]) for name in ("node", "device") if trial[name])
    began, heard = moment_of(trial["started_at"]), moment_of(trial["last_report_at"])
    epoch = f"epoch {trial['epoch']} of {trial['epochs']}" if trial["epoch"] else ""
    value = (trial["last_metrics"] or {}).get(metric)
    parts = [epoch, "" if value is None else f"{metric} {value:.4g}", one_line(place) if place else ""]
    if not driven:
        parts.append("its driver is gone; the next launch queues it again")
    elif not place:
        parts.append("waits for a device")
    elif began is None:
        parts.append("starts")
    else:
        parts.append(f"for {_duration((now - began).total_seconds())}")
        parts.append(f"last report {_duration((now - heard).total_seconds())} ago" if heard else "")
    return f"{'running' if driven else 'orphaned'}  {', '.join(filter(None, parts))}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
