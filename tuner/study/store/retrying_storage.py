"""Optuna's storage, each of whose calls waits while the database is away, and may be made twice.

A call that is made again may have been done before: its commit came through, and only the answer was lost.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import RDBStorage
from optuna.storages._rdb import models
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import URL
from sqlalchemy.orm import Session

from tuner.study.store.database import engine_options, set_up_sqlite
from tuner.study.store.retry import Patience

optuna.logging.set_verbosity(optuna.logging.WARNING)
# It warns of every outage, with the whole statement; patience tells of those in a line.
logging.getLogger("optuna.storages._rdb.storage").setLevel(logging.ERROR)

P = ParamSpec("P")
T = TypeVar("T")


def _patient(call: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[PatientStorage, P], T]:
    """The same method, with the patience of its storage."""

    @functools.wraps(call)
    def waiting(self: PatientStorage, /, *arguments: P.args, **named: P.kwargs) -> T:
        return self.patience(functools.partial(call, self), *arguments, **named)

    return waiting


class PatientStorage(RDBStorage):
    """Optuna's storage for a driver that runs for days.

    Whoever uses it goes through Optuna's cache, which calls some of these methods by their private names.
    """

    def __init__(self, url: URL, *, create: bool) -> None:
        self.patience = Patience(url)
        self._made: int | None = None
        super().__init__(
            url.render_as_string(hide_password=False),
            engine_kwargs=engine_options(url),
            skip_table_creation=not create,
        )
        self.database_url = url
        set_up_sqlite(self.engine)
        self.engine.dispose()  # the connections that Optuna opened to look at its tables were not set up

    def __reduce__(self) -> Any:
        raise TypeError("the storage holds the database's password; it must not leave the driver")

    def _create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> FrozenTrial:
        """A new trial; one, however often it has to be tried, here or by Optuna itself."""
        self._made = None
        return self.patience(super()._create_new_trial, study_id, template_trial)

    def _get_prepared_new_trial(
        self, study_id: int, template_trial: FrozenTrial | None, session: Session
    ) -> models.TrialModel:
        # Postgres gives no number of a sequence twice: a trial under that number is the one made before.
        # SQLite may give it to another, but a commit there has no way on which its answer could be lost.
        if self._made is not None and self.engine.dialect.name == "postgresql":
            made: models.TrialModel | None = session.get(models.TrialModel, self._made)
            if made is not None:
                return made
        trial = super()._get_prepared_new_trial(study_id, template_trial, session)
        self._made = cast("int", trial.trial_id)
        return trial

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        """Ends a trial, or takes a waiting one; true if it was this call that did so."""
        tried = False

        def set_once() -> bool:
            nonlocal tried
            again, tried = tried, True
            try:
                done = RDBStorage.set_trial_state_values(self, trial_id, state, values)
            except UpdateFinishedTrialError:
                if again and self._is(trial_id, state, values):
                    return True
                raise
            return done or (again and self._is(trial_id, state, values))

        return self.patience(set_once)

    def _is(self, trial_id: int, state: TrialState, values: Sequence[float] | None) -> bool:
        trial = RDBStorage.get_trial(self, trial_id)
        return trial.state == state and (values is None or trial.values == list(values))

    _get_best_trial_id = _patient(RDBStorage._get_best_trial_id)
    _get_trials = _patient(RDBStorage._get_trials)
    _set_trial_param = _patient(RDBStorage._set_trial_param)
    create_new_study = _patient(RDBStorage.create_new_study)
    get_all_studies = _patient(RDBStorage.get_all_studies)
    get_study_directions = _patient(RDBStorage.get_study_directions)
    get_study_id_from_name = _patient(RDBStorage.get_study_id_from_name)
    get_study_name_from_id = _patient(RDBStorage.get_study_name_from_id)
    get_study_system_attrs = _patient(RDBStorage.get_study_system_attrs)
    get_study_user_attrs = _patient(RDBStorage.get_study_user_attrs)
    get_trial = _patient(RDBStorage.get_trial)
    get_trial_id_from_study_id_trial_number = _patient(RDBStorage.get_trial_id_from_study_id_trial_number)
    get_trial_param = _patient(RDBStorage.get_trial_param)
    get_trial_system_attrs = _patient(RDBStorage.get_trial_system_attrs)
    get_trial_user_attrs = _patient(RDBStorage.get_trial_user_attrs)
    set_study_system_attr = _patient(RDBStorage.set_study_system_attr)
    set_study_user_attr = _patient(RDBStorage.set_study_user_attr)
    set_trial_intermediate_value = _patient(RDBStorage.set_trial_intermediate_value)
    set_trial_system_attr = _patient(RDBStorage.set_trial_system_attr)
    set_trial_user_attr = _patient(RDBStorage.set_trial_user_attr)
