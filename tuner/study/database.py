"""The database behind the study store: its URL, its engine, and calls that wait while it is away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import optuna
import sqlalchemy
import tenacity
from optuna.storages import RDBStorage
from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from tuner.errors import Unreachable, UsageError

PATIENCE_SECONDS = 300
CONNECT_TIMEOUT_SECONDS = 10
ALLOWED = "allowed: sqlite:///FILE or postgresql+psycopg2://USER@HOST/DATABASE"

logger = logging.getLogger(__name__)

Call = TypeVar("Call", bound=Callable[..., Any])


def parse_url(storage: str) -> URL:
    """The storage's URL, with the database driver that this project ships.

    Raises:
        UsageError: it is no URL, or of a database that is neither Postgres nor an SQLite file.
    """
    try:
        url = make_url(storage)
    except (ArgumentError, ValueError):
        # The text is not repeated: what is no URL may still hold a password.
        raise UsageError(f"the storage is not a database URL; {ALLOWED}") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg2"):
        return url.set(drivername="postgresql+psycopg2")
    if url.drivername != "sqlite" or not url.database or url.database == ":memory:":
        raise UsageError(f"a study cannot be kept in {shown(url)}; {ALLOWED}")
    if not Path(url.database).absolute().parent.is_dir():
        raise UsageError(f"the folder of the storage {url.database} does not exist; make it first")
    return url


def shown(url: URL) -> str:
    """The URL as it may be printed: without its password."""
    return url.render_as_string(hide_password=True)


def make_engine(url: URL) -> Engine:
    """An engine for a driver that runs for days beside readers."""
    engine = sqlalchemy.create_engine(url, **_options(url))
    _set_up_sqlite(engine)
    return engine


def _options(url: URL) -> dict[str, Any]:
    if url.drivername == "sqlite":
        return {"connect_args": {"timeout": 60}}
    connect = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "application_name": "tuner",
        "keepalives_idle": 30,
        "options": "-c timezone=utc",
    }
    return {"pool_pre_ping": True, "pool_size": 4, "connect_args": connect}


def _set_up_sqlite(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def write_ahead(connection: Any, _record: Any) -> None:
        # Readers (the dashboard, a status) do not block the driver, and a killed driver loses no commit.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")


@contextmanager
def naming_outages(url: URL) -> Iterator[None]:
    """Turns what the database says inside the block into one line for the user.

    Raises:
        Unreachable: the database does not answer, or refuses.
    """
    try:
        yield
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        raise Unreachable(f"the database {shown(url)} cannot be used: {cause_of(error)}") from error


def cause_of(error: BaseException) -> str:
    """The first line of what the database itself said, under all that was wrapped around it."""
    while not isinstance(error, DBAPIError) and error.__cause__ is not None:
        error = error.__cause__
    said = error.orig if isinstance(error, DBAPIError) else error
    return (str(said).strip() or type(said).__name__).splitlines()[0]


def is_outage(error: BaseException) -> bool:
    """Whether the call may succeed later: the database is away, not the call wrong."""
    if isinstance(error, optuna.exceptions.StorageInternalError):
        return error.__cause__ is not None and is_outage(error.__cause__)
    return isinstance(error, OperationalError | InterfaceError)


def patiently(call: Call) -> Call:
    """The same call, tried again for minutes while the database is away; trials train on meanwhile."""
    retrying = tenacity.retry(
        retry=tenacity.retry_if_exception(is_outage),
        wait=tenacity.wait_exponential(multiplier=0.2, max=15),
        stop=tenacity.stop_after_delay(PATIENCE_SECONDS),
        before_sleep=_say_what_is_awaited,
        reraise=True,
    )
    return cast("Call", retrying(call))


def _say_what_is_awaited(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    said = cause_of(error) if error else "no answer"
    logger.warning("waiting for the database (attempt %d): %s", state.attempt_number, said)


class PatientStorage(RDBStorage):
    """Optuna's storage, each of whose transactions waits while the database is away."""

    def __init__(self, url: URL, *, create: bool) -> None:
        super().__init__(
            url.render_as_string(hide_password=False),
            engine_kwargs=_options(url),
            skip_table_creation=not create,
        )
        _set_up_sqlite(self.engine)
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
