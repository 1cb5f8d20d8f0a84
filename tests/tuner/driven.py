"""A study that a test drives without a session: what it decides, and what the store has of it then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from sqlalchemy import Engine

from tuner.config.study_config import StudyConfig
from tuner.store import open_study
from tuner.store.create_study import create_or_load
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import optuna_storage
from tuner.store.writing.writer import Writer
from tuner.study.outcome import Outcome
from tuner.study.study import Study
from tuner.study.trial import Report, Span, TrialSpec

FOLDER = Path("runs")


class Driven:
    """A study of a store, made if need be; it can be driven several times."""

    def __init__(self, engine: Engine, config: StudyConfig) -> None:
        self.engine = engine
        self.config = config
        self._view = create_or_load(engine, config)
        self._study: Study | None = None
        self._writer: Writer | None = None

    @contextmanager
    def driving(self, runs_folder: Path | None = None) -> Iterator[Study]:
        with open_study.driving(self._view, self.config, runs_folder) as (self._study, self._writer):
            yield self._study
        self._study = self._writer = None

    @property
    def study(self) -> Study:
        assert self._study is not None
        return self._study

    @property
    def writer(self) -> Writer:
        assert self._writer is not None
        return self._writer

    @property
    def view(self) -> StudyView:
        """The study in the store, once that has all that was decided."""
        if self._writer is not None:
            assert self._writer.wait(20)
        return self._view

    @property
    def optuna_study(self) -> optuna.Study:
        storage = optuna_storage(self.engine.url)
        return optuna.load_study(study_name=self.view.name, storage=storage)

    def ask(self, folder: Path = FOLDER, place: dict[str, str] | None = None) -> TrialSpec | None:
        return self.study.ask(folder, place)

    def report(self, spec: TrialSpec, report: Report) -> bool:
        return self.study.report(spec, report)

    def tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> bool:
        return self.study.tell(spec, outcome, span)

    def see_external_changes(self) -> list[Any]:
        """Let the study take in what other programs did until now."""
        self.view  # noqa: B018 - waits for the store
        self.writer.look(20)
        return list(self.study.changes())


def ask(study: Driven) -> TrialSpec:
    """The next trial of a study that has one."""
    spec = study.ask()
    assert spec is not None
    return spec
