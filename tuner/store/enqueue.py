"""Queues a trial in a study's store, where its driver finds it; nobody need drive the study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.trial import TrialState, create_trial

from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import optuna_storage


def enqueue_trial(view: StudyView, params: Mapping[str, Any]) -> int:
    """Queue a trial with these parameters; return its number. What they lack is proposed."""
    waiting = create_trial(state=TrialState.WAITING, system_attrs={"fixed_params": dict(params)})
    storage = optuna_storage(view.engine.url)
    trial_id = storage.create_new_trial(view.study_id, template_trial=waiting)
    number = storage.get_trial_number_from_id(trial_id)
    storage.engine.dispose()
    return number
