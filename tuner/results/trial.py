"""One trial for people: its parameters, results, curve, attempts and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tuner.results.status.study_status import word_of
from tuner.store.reading.study_view import StudyView
from tuner.study.attempt import trial_folder
from tuner.study.trial_record import TrialRecord
from tuner.terminal_text import one_line

_BARS = "▁▂▃▄▅▆▇█"


def trial_of(view: StudyView, number: int, runs_folder: Path) -> dict[str, Any]:
    """Return what is known of a trial, as JSON can hold it.

    Raises:
        UsageError: there is no such trial.
    """
    record = view.record(number)
    metric = view.objectives[0].metric
    attempts, following = view.records(view.attempts(record.origin)), view.next_attempts()
    curve = view.curve([each.number for each in attempts], metric)
    folder = trial_folder(view.folder_in(runs_folder), record.origin)
    files = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    attributes = record.attributes
    return {
        "study": view.name,
        "trial": number,
        "state": word_of(record, following),
        "reason": attributes.get("reason"),
        "traceback": attributes.get("traceback"),
        "params": dict(record.params),
        "values": dict(zip((each.metric for each in view.objectives), record.values, strict=False)),
        "feasible": record.is_feasible if record.state == "COMPLETE" else None,
        "health": attributes.get("health"),
        "health_reason": attributes.get("health_reason"),
        "same_as": attributes.get("same_as"),
        "metric": metric,
        "curve": curve,
        "attempts": [_attempt(each, word_of(each, following)) for each in attempts],
        "folder": str(folder),
        "files": files,
    }


def trial_lines(trial: dict[str, Any]) -> list[str]:
    """Return the same in lines, a word and what belongs to it each; then the traceback, if it has one."""
    rows = [(f"trial {trial['trial']}", f"of {trial['study']}: {trial['state']}")]
    if trial["reason"]:
        rows.append(("reason", one_line(str(trial["reason"]))))
    if trial["same_as"] is not None:
        rows.append(("same as", f"trial {trial['same_as']}, whose result it has; it was not trained again"))
    rows += [("parameter", f"{name} = {_number(value)}") for name, value in trial["params"].items()]
    rows += [("objective", f"{name} = {_number(value)}") for name, value in trial["values"].items()]
    if trial["feasible"] is False:
        rows.append(("constraints", "infeasible: it breaks one, and is never on the front"))
    if trial["curve"]:
        rows.append(("curve", curve_line(trial["metric"], trial["curve"])))
    if trial["health"]:
        rows.append(
            ("health", f"{trial['health']}: {one_line(str(trial['health_reason'] or ''))}".rstrip(": "))
        )
    rows += [("attempt", each) for each in map(_attempt_line, trial["attempts"])]
    rows.append(("folder", f"{trial['folder']}: {', '.join(trial['files']) or 'not on this machine'}"))
    width = max(len(word) for word, _ in rows)
    whole = ["", *str(trial["traceback"]).rstrip().splitlines()] if trial["traceback"] else []
    return [f"{word:{width}}  {text}" for word, text in rows] + whole


def curve_line(metric: str, curve: Sequence[tuple[int, float]]) -> str:
    """Return a curve as a sparkline, with its first and last value; there has to be a point."""
    values = [value for _, value in curve]
    low, high = min(values), max(values)
    step = (high - low) / (len(_BARS) - 1) or 1.0
    bars = "".join(_BARS[round((value - low) / step)] for value in values)
    first, last = curve[0][0], curve[-1][0]
    return f"{metric} {bars} {_number(values[0])} to {_number(values[-1])}, epochs {first} to {last}"


def _attempt(record: TrialRecord, word: str) -> dict[str, Any]:
    attributes = record.attributes
    names = ("attempt", "node", "device", "device_name", "started_at", "seconds", "reason")
    known = {name: attributes[name] for name in names if attributes.get(name) is not None}
    return {"number": record.number, "state": word, **known}


def _attempt_line(attempt: dict[str, Any]) -> str:
    place = ", ".join(str(attempt[name]) for name in ("node", "device") if name in attempt)
    text = f"trial {attempt['number']}: {attempt['state']}" + (f" on {place}" if place else "")
    if "started_at" in attempt:
        text += f", begun {str(attempt['started_at'])[:19]}"
    if "seconds" in attempt:
        seconds = attempt["seconds"]
        text += f", {seconds:.1f} s" if isinstance(seconds, float) else f", {seconds} s"
    return one_line(text)


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else one_line(str(value))
