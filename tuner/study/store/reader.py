"""The study store: finds and lists the studies in a database. It is the only state there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, text

from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.study.store.database import make_engine, naming_outages, parse_url, shown
from tuner.study.store.schema import Schema, check_version, schema_of
from tuner.study.store.study_view import StudyView

_ATTRIBUTES = text("SELECT key, value_json FROM study_user_attributes WHERE study_id = :study_id")

UNFINISHED = " (being copied)"
"""What the name of a study ends with until its copy is whole."""


class StudyStore:
    """The studies in one database, for looking at.

    Optuna's tables hold them, so Optuna's own tools read them unchanged; what Optuna has no place for stands
    in `tuner_reports`.
    """

    def __init__(self, url: URL, engine: Engine) -> None:
        self.url = url
        self.engine = engine

    @classmethod
    def open(cls, storage: str) -> StudyStore:
        """The store at this URL; nothing is made.

        Raises:
            UsageError: the URL cannot be used, there is no study store behind it, or one of another version.
            Unreachable: the database does not answer, or refuses.
        """
        url = parse_url(storage)
        nothing = f"there is no study store in {shown(url)}; launch a study first"
        if url.drivername == "sqlite" and not Path(url.database or "").exists():
            raise UsageError(nothing)
        engine = make_engine(url)
        with naming_outages(url):
            found = schema_of(engine)
            if found in (Schema.EMPTY, Schema.FOREIGN, Schema.INCOMPLETE):
                raise UsageError(nothing)
            check_version(found, engine)
        return cls(url, engine)

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
        return list(self._ids())

    def studies(self) -> list[StudyView]:
        """The studies that this program made, oldest first; none whose copy is not whole yet."""
        whole = {name: id_ for name, id_ in self._ids().items() if not name.endswith(UNFINISHED)}
        found = [(name, study_id, self._attributes(study_id)) for name, study_id in whole.items()]
        return [self._view(*each) for each in found if "config" in each[-1]]

    def load(self, name: str) -> StudyView:
        """The study of this name.

        Raises:
            UsageError: there is none, or it was made by another program.
        """
        ids = self._ids()
        if name not in ids:
            known = ", ".join(ids) or "none"
            raise UsageError(f"there is no study {name!r} in {shown(self.url)}; there are: {known}")
        attributes = self._attributes(ids[name])
        if "config" not in attributes:
            raise UsageError(f"study {name!r} was made by another program: it has no config of ours")
        return self._view(name, ids[name], attributes)

    def is_half_made(self, name: str) -> bool:
        """Whether the study's maker was killed before it had written all: no config, and no trial yet."""
        study_id = self._ids()[name]
        count = text("SELECT COUNT(*) FROM trials WHERE study_id = :study_id")
        with self.engine.connect() as connection:
            trials = connection.scalar(count, {"study_id": study_id})
        return "config" not in self._attributes(study_id) and not trials

    def _ids(self) -> dict[str, int]:
        query = text("SELECT study_name, study_id FROM studies ORDER BY study_id")
        with self.engine.connect() as connection:
            return {name: study_id for name, study_id in connection.execute(query)}  # noqa: C416 - of rows

    def _attributes(self, study_id: int) -> dict[str, Any]:
        with self.engine.connect() as connection:
            rows = connection.execute(_ATTRIBUTES, {"study_id": study_id}).all()
        return {key: json.loads(value) for key, value in rows}

    def _view(self, name: str, study_id: int, attributes: dict[str, Any]) -> StudyView:
        config = StudyConfig.from_json(json.dumps(attributes["config"]))
        if config.study != name:  # others may rename a study, or copy it
            config = config.model_copy(update={"study": name})
        return StudyView(self.engine, study_id, config, attributes["identity"], attributes.get("driver"))
