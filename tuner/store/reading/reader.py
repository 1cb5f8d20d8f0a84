"""The study store: finds and lists the studies in a database."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, text

from tuner.config.sections import Objective
from tuner.errors import UsageError
from tuner.store.database import display_url, is_missing, make_engine, naming_outages, parse_url
from tuner.store.reading.record_reader import stored_value
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.schema import Schema, refuse, schema_of

_OURS = ("config", "identity")
_METRIC_NAMES = "study:metric_names"  # the system attribute in which Optuna keeps them

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
        """Open the store at this URL; nothing is made.

        Raises:
            UsageError: the URL cannot be used, there is no study store behind it, or one of another version.
            Unreachable: the database does not answer, or refuses.
        """
        url = parse_url(storage)
        nothing = f"there is no study store in {display_url(url)}; launch or submit a study first"
        if is_missing(url):
            raise UsageError(nothing)
        engine = make_engine(url)
        with naming_outages(url):
            schema = schema_of(engine)
            if schema in (Schema.EMPTY, Schema.FOREIGN, Schema.INCOMPLETE):
                raise UsageError(nothing)
            refuse(schema, (Schema.OLDER, Schema.NEWER), engine)
        return cls(url, engine)

    @classmethod
    @contextmanager
    def reading(cls, storage: str) -> Iterator[StudyStore]:
        """Open the store at this URL for a block, whose database errors are raised as `Unreachable`."""
        store = cls.open(storage)
        with naming_outages(store.url):
            yield store

    def names(self) -> list[str]:
        """Return the names of all studies, oldest first, whoever made them."""
        return list(self.ids())

    def studies(self) -> list[StudyView]:
        """Return the studies that this program made, oldest first; none whose copy is not whole yet.

        A study whose config cannot be read is among them: only to ask for its config raises.
        """
        return [view for view in self._views() if not view.name.endswith(UNFINISHED)]

    def load(self, name: str) -> StudyView:
        """Return the study of this name.

        Raises:
            UsageError: there is none, or it was made by another program.
        """
        ids = self.ids()
        if name not in ids:
            known = ", ".join(ids) or "none"
            raise UsageError(f"there is no study {name!r} in {display_url(self.url)}; there are: {known}")
        views = self._views(ids[name])
        if not views:
            raise UsageError(f"study {name!r} was made by another program: it has no config of ours")
        return views[0]

    def is_half_made(self, name: str) -> bool:
        """Tell whether the study's maker was killed before it had written all: no config and no trial."""
        study_id = self.ids()[name]
        count = text("SELECT COUNT(*) FROM trials WHERE study_id = :study_id")
        with self.engine.connect() as connection:
            trials = connection.scalar(count, {"study_id": study_id})
        return not self._views(study_id) and not trials

    def ids(self) -> dict[str, int]:
        """Return the id of each study by its name, oldest first."""
        query = text("SELECT study_name, study_id FROM studies ORDER BY study_id")
        with self.engine.connect() as connection:
            return {name: study_id for name, study_id in connection.execute(query)}  # noqa: C416 - of rows

    def _views(self, study_id: int | None = None) -> list[StudyView]:
        """Return the studies of ours, or the one of this id if it is ours, in four statements."""
        only = "" if study_id is None else " AND study_id = :study_id"

        def grouped(select: str, order: str = "study_id") -> dict[int, list[tuple[Any, ...]]]:
            rows = connection.execute(
                text(f"SELECT study_id, {select}{only} ORDER BY {order}"), {"study_id": study_id}
            )
            groups: dict[int, list[tuple[Any, ...]]] = {}
            for of_study, *row in rows:
                groups.setdefault(of_study, []).append(tuple(row))
            return groups

        with self.engine.connect() as connection:
            names = grouped("study_name FROM studies WHERE true")
            attributes = grouped(f"key, value_json FROM study_user_attributes WHERE key IN {_OURS}")
            metrics = grouped(f"value_json FROM study_system_attributes WHERE key = '{_METRIC_NAMES}'")
            directions = grouped("direction FROM study_directions WHERE true", "study_id, objective")
        views = []
        for each, ((name,),) in names.items():
            stored = dict(attributes.get(each, ()))
            if "config" in stored:
                ((named,),) = metrics.get(each, [("null",)])
                ways = [direction for (direction,) in directions.get(each, ())]
                view = StudyView(
                    engine=self.engine,
                    study_id=each,
                    name=name,
                    objectives=_objectives(stored_value(named), ways),
                    stored_config=stored["config"],
                    identity=str(stored_value(stored.get("identity", "null"))),
                )
                views.append(view)
        return views


def _objectives(metrics: Any, directions: Sequence[str]) -> tuple[Objective, ...]:
    """Return the objectives as Optuna's tables have them; without usable names they are numbered."""
    names = metrics if isinstance(metrics, list) and all(isinstance(each, str) for each in metrics) else []
    if not all(names) or not len(set(names)) == len(names) == len(directions):
        names = [f"objective_{index}" for index in range(len(directions))]
    return tuple(_objective(*each) for each in zip(names, directions, strict=True))


@functools.lru_cache(1_024)  # many studies have the same
def _objective(metric: str, direction: str) -> Objective:
    return Objective(metric=metric, direction="maximize" if direction == "MAXIMIZE" else "minimize")
