"""The study store for the dashboard: its database may come late, go away and come back."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import sqlalchemy
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import URL, TableClause, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from tuner.errors import Unreachable, UsageError
from tuner.store.database import cause_of, display_url, engine_options, is_missing, is_outage, parse_url
from tuner.store.optuna_internals import frozen_study
from tuner.store.outage import unwrapped
from tuner.store.reading.following.followed_trials import FollowedTrials
from tuner.store.reading.following.revision import Revision
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.record_reader import stored_value
from tuner.store.tables import tuner_tables
from tuner.store.tables.optuna_tables import attributes_of, study_system_attributes, study_user_attributes
from tuner.study.constraints import is_feasible

TIMEOUT_SECONDS = 3  # somebody waits for the answer, and can ask again

_ANY_STUDY = text("SELECT 1 FROM studies LIMIT 1")


class ReadingStore:
    """A study store whose database need not be up; nothing is ever made in it.

    Every call either answers or says within seconds why it cannot, and the next call tries afresh.
    """

    def __init__(self, url: URL, *, writable: bool = False) -> None:
        self._url = url
        self._options = _options(url, writable=writable)
        self._engine = sqlalchemy.create_engine(url, **self._options)
        self._revision = Revision(self._engine)

    @classmethod
    def open(cls, storage: str, *, writable: bool = False) -> ReadingStore:
        """Open the store at this URL; no connection is made yet.

        Args:
            storage: the database's URL.
            writable: whether `storage()` may change what is stored; the database itself refuses otherwise.

        Raises:
            UsageError: the URL cannot be used, or names an SQLite file that does not exist.
        """
        url = parse_url(storage)
        if is_missing(url):
            raise UsageError(f"there is no study store in {display_url(url)}; launch or submit a study first")
        return cls(url, writable=writable)

    def check(self) -> None:
        """Return if the store can be read now.

        Raises:
            Unreachable: the database is away or refuses, or has no tables yet.
        """
        with self._naming_outages(), self._engine.connect() as connection:
            # Made after all of Optuna's tables: where it is, they are.
            if not inspect(connection).has_table(tuner_tables.reports.name):
                where = display_url(self._url)
                raise Unreachable(f"there is no study store in {where} yet; run: python -m tuner migrate")
            connection.execute(_ANY_STUDY)

    def revision(self) -> str:
        """Return a word that is another one after any change of the database.

        Raises:
            Unreachable: the database is away or refuses.
        """
        with self._naming_outages():
            return self._revision.read()

    def study_id(self, name: str) -> int:
        """Return the number under which Optuna knows the study of this name.

        Raises:
            UsageError: there is no such study, or it was made by another program.
            Unreachable: as `check`.
        """
        with self.reading() as store:
            return store.load(name).study_id

    @contextmanager
    def reading(self) -> Iterator[StudyStore]:
        """Lend the studies for a block.

        Raises:
            Unreachable: as `check`.
        """
        self.check()
        with self._naming_outages():
            yield StudyStore(self._url, self._engine)

    def storage(self) -> LenientStorage:
        """Return Optuna's storage, whose calls do not wait for the database.

        Whether its tables fit this version of Optuna is not checked: the dashboard has a page that tells.

        Raises:
            Unreachable: as `check`.
        """
        self.check()  # without tables to find, Optuna would make one of its own
        with self._naming_outages():
            return LenientStorage(
                self._url.render_as_string(hide_password=False),
                engine_kwargs=self._options,
                skip_compatibility_check=True,
                skip_table_creation=True,
            )

    @contextmanager
    def _naming_outages(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, StorageInternalError) as error:
            cause = unwrapped(error)
            state = "is away" if is_outage(cause) else "cannot be read"
            raise Unreachable(f"the database {display_url(self._url)} {state}: {cause_of(cause)}") from error


class LenientStorage(RDBStorage):
    """Optuna's storage as optuna-dashboard reads it.

    An attribute of a study that is no JSON is the text that it is: Optuna itself could then list no study at
    all. The best trial is a feasible one. Trials are kept in memory, and follow the store.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._trials = FollowedTrials(self.engine)

    def get_all_studies(self) -> list[Any]:
        """Return all studies, as Optuna does."""
        try:
            return super().get_all_studies()
        except (ValueError, RecursionError):
            ids = StudyStore(self.engine.url, self.engine).ids()
        return [
            frozen_study(
                study_id,
                name,
                self.get_study_directions(study_id),
                self._attributes(study_user_attributes, study_id),
                self._attributes(study_system_attributes, study_id),
            )
            for name, study_id in ids.items()
        ]

    def _get_trials(
        self,
        study_id: int,
        states: Container[TrialState] | None,
        included_trial_ids: set[int],
        trial_id_greater_than: int,
    ) -> list[FrozenTrial]:
        """Return the trials of a study that are in one of these states, and included or newer than the last.

        All reading of several trials comes here: Optuna's own, and through the cache of its studies.

        Raises:
            KeyError: there is no such study.
        """
        trials = self._trials.of(study_id)
        if not trials:
            self.get_study_directions(study_id)  # which raises
        return [
            trial
            for trial in trials
            if (states is None or trial.state in states)
            and (trial._trial_id > trial_id_greater_than or trial._trial_id in included_trial_ids)
        ]

    def get_best_trial(self, study_id: int) -> FrozenTrial:
        """Return the best trial of a study with one objective; one that is not feasible if none is.

        Raises:
            ValueError: no trial is completed.
        """
        best = super().get_best_trial(study_id)
        if is_feasible(best.constraints):
            return best
        (direction,) = self.get_study_directions(study_id)
        completed = self.get_all_trials(study_id, deepcopy=False, states=(TrialState.COMPLETE,))
        feasible = [trial for trial in completed if is_feasible(trial.constraints)]
        choose = max if direction is StudyDirection.MAXIMIZE else min
        return choose(feasible or completed, key=lambda trial: trial.values[0])

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        """Return what users, and this program, noted of a study."""
        try:
            return super().get_study_user_attrs(study_id)
        except (ValueError, RecursionError):
            return self._attributes(study_user_attributes, study_id)

    def _attributes(self, table: TableClause, study_id: int) -> dict[str, Any]:
        with self.engine.connect() as connection:
            rows = connection.execute(attributes_of(table, study_id)).all()
        return {key: stored_value(value) for key, value in rows}


def _options(url: URL, *, writable: bool) -> dict[str, Any]:
    if url.drivername == "sqlite":
        file = f"file:{quote(url.database or '')}?mode=rw"  # rw: a file that is gone is not made again

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(file, uri=True, timeout=TIMEOUT_SECONDS, check_same_thread=False)
            if not writable:
                connection.execute("PRAGMA query_only = ON")
            return connection

        return {"creator": connect}
    options = engine_options(url)
    options["connect_args"] |= {
        "connect_timeout": TIMEOUT_SECONDS,
        "tcp_user_timeout": TIMEOUT_SECONDS * 1000,  # a host that vanished sends no word of it
    }
    if not writable:
        options["connect_args"]["options"] += " -c default_transaction_read_only=on"
    return options
