"""Optuna's storage, each of whose calls waits while the database is away."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

import optuna
import tenacity
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy import URL

from tuner.study.database import cause_of, engine_options, is_outage, set_up_sqlite

PATIENCE_SECONDS = 300

logger = logging.getLogger(__name__)
optuna.logging.set_verbosity(optuna.logging.WARNING)

Call = TypeVar("Call", bound=Callable[..., Any])


def patiently(call: Call) -> Call:
    """The same call, tried again for minutes while the database is away; trials train on meanwhile.

    What the database says in the end is raised as it said it: Optuna wraps it in an error of its own.
    """

    @functools.wraps(call)
    def unwrapped(*arguments: Any, **named: Any) -> Any:
        try:
            return call(*arguments, **named)
        except StorageInternalError as error:
            raise error.__cause__ or error from None

    retrying = tenacity.retry(
        retry=tenacity.retry_if_exception(is_outage),
        wait=tenacity.wait_exponential(multiplier=0.2, max=15),
        stop=tenacity.stop_after_delay(PATIENCE_SECONDS),
        before_sleep=_say_what_is_awaited,
        reraise=True,
    )
    return cast("Call", retrying(unwrapped))


def _say_what_is_awaited(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    said = cause_of(error) if error else "no answer"
    logger.warning("waiting for the database (attempt %d): %s", state.attempt_number, said)


class PatientStorage(RDBStorage):
    """Optuna's storage for a driver that runs for days."""

    def __init__(self, url: URL, *, create: bool) -> None:
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

    create_new_study = patiently(RDBStorage.create_new_study)
    create_new_trial = patiently(RDBStorage.create_new_trial)
    get_all_trials = patiently(RDBStorage.get_all_trials)
    get_study_system_attrs = patiently(RDBStorage.get_study_system_attrs)
    get_study_user_attrs = patiently(RDBStorage.get_study_user_attrs)
    get_trial = patiently(RDBStorage.get_trial)
    get_trial_id_from_study_id_trial_number = patiently(RDBStorage.get_trial_id_from_study_id_trial_number)
    set_study_system_attr = patiently(RDBStorage.set_study_system_attr)
    set_study_user_attr = patiently(RDBStorage.set_study_user_attr)
    set_trial_intermediate_value = patiently(RDBStorage.set_trial_intermediate_value)
    set_trial_param = patiently(RDBStorage.set_trial_param)
    set_trial_state_values = patiently(RDBStorage.set_trial_state_values)
    set_trial_system_attr = patiently(RDBStorage.set_trial_system_attr)
    set_trial_user_attr = patiently(RDBStorage.set_trial_user_attr)
