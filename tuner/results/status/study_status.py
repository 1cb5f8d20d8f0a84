"""Where a study stands, as JSON can hold it: counts of trials, the best values, and each trial."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tuner.store.reading.attempts_reader import LastReport, NextAttempt
from tuner.store.reading.overview import Overview, read_overviews
from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import WORD_OF, TrialRecord

INTERRUPTED = "interrupted"
UNFINISHED = ("PRUNED", "FAIL", "RUNNING", "WAITING")
"""Optuna's states of trials that did not complete."""

_ATTRIBUTES = ("attempt", "node", "device", "started_at", "seconds", "epochs", "reason", "traceback")


def status_of(study: StudyView) -> dict[str, Any]:
    """Return a study in numbers, as `statuses_of` does."""
    (status,) = statuses_of([study])
    return status


def statuses_of(studies: Sequence[StudyView]) -> list[dict[str, Any]]:
    """Return studies of one store in numbers.

    Where a config cannot be read, what its budget says is None, and `unreadable` says why.
    """
    return [_status(overview) for overview in read_overviews(studies)]


def _status(overview: Overview) -> dict[str, Any]:
    summary = overview.summary
    counts = {word: summary.states.get(state, 0) for state, word in WORD_OF.items()}
    return {
        "study": overview.view.name,
        "budget": overview.budget,
        "used": overview.used,
        "remaining": overview.remaining,
        "ended_early": overview.ended_early,
        **counts,
        "failed": counts["failed"] - overview.interrupted,
        INTERRUPTED: overview.interrupted,
        "foreign": summary.foreign,
        "infeasible": summary.infeasible,
        "front": len(summary.front()),
        "best": summary.best(),
        "best_trials": summary.best_trials(),
        "driver": overview.driver,
        "unreadable": overview.unreadable,
    }


def trials_of(study: StudyView, states: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the trials of ours in these of Optuna's states, by number; all if none is named.

    Each has the same keys; what is not known, or not yet, is None. `epoch` is the last that was reported; of
    a running trial `last_metrics` and `last_report_at` are those of that report. `goes_on_as` is the number
    of the next attempt. Times are UTC.
    """
    following, reports = study.next_attempts(), study.last_reports()
    metrics = [objective.metric for objective in study.objectives]
    return [
        {
            "trial": record.number,
            "state": word_of(record, following),
            "params": dict(record.params),
            "values": dict(zip(metrics, record.values, strict=False)),
            **{name: record.attributes.get(name) for name in _ATTRIBUTES},
            "goes_on_as": following[record.number].number if record.number in following else None,
            **_progress(record, reports.get(record.number)),
        }
        for record in study.records(states=states, keys=(*_ATTRIBUTES, "epoch"))
    ]


def word_of(record: TrialRecord, following: Mapping[int, NextAttempt]) -> str:
    """Return what people call a trial's state; one that was ended with its launch is no failed one.

    Args:
        record: the trial.
        following: its study's next attempts.
    """
    after = following.get(record.number)
    return INTERRUPTED if after is not None and after.interrupted else WORD_OF[record.state]


def _progress(record: TrialRecord, last: LastReport | None) -> dict[str, Any]:
    if last is None:
        return {"epoch": record.attributes.get("epoch"), "last_metrics": None, "last_report_at": None}
    return {"epoch": last.epoch, "last_metrics": last.metrics, "last_report_at": last.at.isoformat()}
