"""Queues a trial in a study's store, where its driver finds it; nobody need drive the study."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from optuna.trial import TrialState, create_trial

from tuner.errors import UsageError
from tuner.store import lock
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import optuna_storage
from tuner.study.trial_record import TrialRecord

RETRIED_FROM = "retried_from"
"""The attribute of a trial that has the parameters of one that failed: the number of that one."""

_WHY_NOT = {
    None: "is none of its trials",
    "COMPLETE": "has completed",
    "PRUNED": "was stopped",
    "FAIL": "has been queued again",
    "RUNNING": "is running",
    "WAITING": "is waiting",
}


def enqueue_trial(view: StudyView, params: Mapping[str, Any], retried_from: int | None = None) -> int:
    """Queue a trial with these parameters; return its number. What they lack is proposed.

    Args:
        view: the study.
        params: some parameters, or all.
        retried_from: the number of the trial that had them and failed.
    """
    attributes = {} if retried_from is None else {RETRIED_FROM: retried_from}
    waiting = create_trial(
        state=TrialState.WAITING, system_attrs={"fixed_params": dict(params)}, user_attrs=attributes
    )
    storage = optuna_storage(view.engine.url)
    trial_id = storage.create_new_trial(view.study_id, template_trial=waiting)
    number = storage.get_trial_number_from_id(trial_id)
    storage.engine.dispose()
    return number


def queue_again(view: StudyView, numbers: Collection[int] | None) -> list[tuple[int, int]]:
    """Queue failed trials again, each once, also if others do the same at once; return old and new numbers.

    Args:
        view: the study.
        numbers: which of them; None or none for all.

    Raises:
        UsageError: one of these did not fail for good, or was queued again.
    """
    with lock.exclusive(view.engine, f"queueing again of study {view.study_id}", wait=True):
        failed = _failed(view, numbers)
        return [(each.number, enqueue_trial(view, each.params, each.number)) for each in failed]


def _failed(view: StudyView, numbers: Collection[int] | None) -> list[TrialRecord]:
    """Return the trials that failed for good and were not queued again, by number, or as they are named."""
    records = view.records()
    followed = {record.attributes.get(name) for record in records for name in ("follows", RETRIED_FROM)}
    failed = {
        record.number: record
        for record in records
        if record.state == "FAIL" and record.params and record.number not in followed
    }
    if not numbers:
        return list(failed.values())
    if unfit := sorted(set(numbers) - failed.keys()):
        states = {record.number: record.state for record in records}
        listed = ", ".join(f"trial {number} {_WHY_NOT[states.get(number)]}" for number in unfit)
        raise UsageError(f"study {view.name!r}: {listed}; only failed trials are queued again, each once")
    return [failed[number] for number in dict.fromkeys(numbers)]
