"""Launches of the toy, and what they left in the store."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console
from sqlalchemy.exc import DatabaseError

from tests.tuner import toy
from tuner.config.study_config import StudyConfig
from tuner.run.ended import Launched
from tuner.run.launch import launch
from tuner.settings import Settings
from tuner.store.reading.study_view import StudyView
from tuner.study.trial import Train


def launch_toy(
    config: StudyConfig,
    storage: str,
    folder: Path,
    *,
    serial: bool = True,
    said: io.StringIO | None = None,
    train: Train = toy.train,
    cluster: str | None = None,
) -> Launched:
    settings = Settings(storage=storage, runs_folder=folder / "runs", ray_address=cluster)
    trainable = SimpleNamespace(
        metrics=toy.metrics, packages=(), code={}, check=toy.check, prepare=toy.prepare, train=train
    )
    return launch(config, trainable, settings, Console(file=said or io.StringIO()), serial=serial)


def history(study: StudyView) -> list[tuple[Any, ...]]:
    """What two runs of the same study must have in common, trial by trial."""
    return [
        (record.number, record.state, dict(record.params), record.values, record.attributes.get("reason"))
        for record in study.records()
    ]


def fail_like_a_database(*_arguments: object) -> None:
    """Stands in for a write that no patience can help."""
    raise DatabaseError("INSERT", {}, Exception("disk full"))
