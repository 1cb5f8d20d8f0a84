"""The study store: finds, makes and lists studies in a database. It is the only state there is."""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.storages import get_storage
from sqlalchemy import URL, inspect

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.study import lock, tables
from tuner.study.database import PatientStorage, make_engine, naming_outages, parse_url, shown
from tuner.study.study import Study
from tuner.study.versions import git_commit, versions

optuna.logging.set_verbosity(optuna.logging.WARNING)


class StudyStore:
    """Studies in one database: Optuna's tables, and ours beside them.

    Optuna's own tools read the studies unchanged; what Optuna has no place for stands in `tuner_reports`.
    """

    def __init__(self, url: URL, storage: PatientStorage) -> None:
        self.url = url
        self.rdb = storage
        self.optuna_storage = get_storage(storage)

    @classmethod
    def open(cls, storage: str) -> StudyStore:
        """The store at this URL, for reading; nothing is made.

        Raises:
            UsageError: the URL cannot be used, or there is no study store behind it.
            Unreachable: the database does not answer, or refuses.
        """
        url = parse_url(storage)
        nothing = f"there is no study store in {shown(url)}; launch a study first"
        if url.drivername == "sqlite" and not Path(url.database or "").exists():
            raise UsageError(nothing)
        with naming_outages(url):
            if not _has_tables(url):
                raise UsageError(nothing)
            return cls(url, PatientStorage(url, create=False))

    @classmethod
    def make(cls, storage: str, metrics: Collection[str]) -> StudyStore:
        """The store at this URL, its tables made where they are missing; for a driver.

        Many may do so at once on an empty database. `metrics` become columns of `tuner_results`.

        Raises:
            UsageError: the URL cannot be used.
            Unreachable: the database does not answer, or refuses.
        """
        url = parse_url(storage)
        with naming_outages(url):
            engine = make_engine(url)
            with lock.exclusive(engine, "making tables", wait=True):
                store = cls(url, PatientStorage(url, create=True))
                tables.make_tables(store.rdb.engine, metrics)
            engine.dispose()
        return store

    @contextmanager
    def naming_outages(self) -> Iterator[None]:
        """Turns an outage of the database inside the block into one line for the user.

        Raises:
            Unreachable: the database was away for longer than its calls wait, or refused.
        """
        with naming_outages(self.url):
            yield

    def names(self) -> list[str]:
        """The names of all studies, oldest first, whoever made them."""
        return [study.study_name for study in self.optuna_storage.get_all_studies()]

    def ours(self) -> list[Study]:
        """The studies that this program made, oldest first."""
        made = [
            study.study_name
            for study in self.optuna_storage.get_all_studies()
            if "config" in study.user_attrs
        ]
        return [self.load(name) for name in made]

    def load(self, name: str) -> Study:
        """The study of this name.

        Raises:
            UsageError: there is none, or it was made by another program.
        """
        if name not in self.names():
            known = ", ".join(self.names()) or "none"
            raise UsageError(f"there is no study {name!r} in {shown(self.url)}; there are: {known}")
        study = optuna.load_study(study_name=name, storage=self.optuna_storage)
        stored = study.user_attrs.get("config")
        if stored is None:
            raise UsageError(f"study {name!r} was made by another program: it has no config of ours")
        return Study(study, self.rdb, StudyConfig.from_json(json.dumps(stored)))

    def create_or_load(self, config: StudyConfig) -> Study:
        """The study of this config: the stored one, brought up to its budget, or a new one.

        Raises:
            Conflict: a study of this name differs in more than budget, resources and early stopping.
        """
        if config.study not in self.names():
            return self._create(config)
        try:
            study = self.load(config.study)
        except UsageError as error:
            raise Conflict(f"{error}; choose another name for yours") from None
        differences = config.differences(study.config)
        if differences:
            listed = "".join(f"\n  {line}" for line in differences)
            raise Conflict(
                f"study {config.study!r} is stored with another config; "
                f"choose a new name or restore the file:{listed}"
            )
        return Study(study.optuna_study, self.rdb, config)

    def _create(self, config: StudyConfig) -> Study:
        study = optuna.create_study(
            study_name=config.study,
            storage=self.optuna_storage,
            directions=[objective.direction for objective in config.objectives],
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study.set_metric_names([objective.metric for objective in config.objectives])
        study.set_user_attr("identity", secrets.token_hex(4))
        study.set_user_attr("versions", versions())
        study.set_user_attr("git_commit", git_commit())
        study.set_user_attr("config", json.loads(config.to_json()))
        return Study(study, self.rdb, config)


def _has_tables(url: URL) -> bool:
    engine = make_engine(url)
    try:
        return inspect(engine).has_table(tables.reports.name)
    finally:
        engine.dispose()
