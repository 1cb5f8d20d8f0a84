"""Runs a study from its config to its budget: checks, drives, and says how it ended."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from tuner.config.study_config import StudyConfig
from tuner.errors import StudyFailed, UsageError
from tuner.run.progress import Progress, Tally
from tuner.run.ray_environment import set_ray_environment
from tuner.run.session import Session
from tuner.run.signals import StopSignal, stop_signal
from tuner.settings import Settings
from tuner.study.creation import create_or_load, make_store
from tuner.study.database import naming_outages
from tuner.study.study import Study
from tuner.study.trial import Train
from tuner.study.view import StudyView


class Trainable(Protocol):
    """What a launch needs to know of training; `tuner.run.trainable` is one, tests bring smaller ones."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of all metrics that a training reports."""

    @property
    def train(self) -> Train:
        """One trial's training; it must be importable or picklable where trials run."""

    def check(self, train: Mapping[str, Any], study: StudyConfig, /) -> None:
        """Raises ConfigProblems if a filled training config cannot be trained."""

    def prepare(self, train: Mapping[str, Any], study: StudyConfig, /) -> None:
        """Raises UsageError if what a filled training config reads is not there."""


@dataclass(frozen=True)
class Launched:
    """How a launch ended.

    Attributes:
        exit_code: 0, or 128 and the signal that interrupted it.
        halted: why it was ended before its budget was met, if it was; the same command goes on from there.
        unmet: why it ended by itself without meeting its budget, if it did; nothing can go on.
    """

    study: StudyView
    exit_code: int
    halted: str | None
    unmet: str | None


def check_config(config: StudyConfig, trainable: Trainable) -> None:
    """Whether a study can run, as far as its file tells: metrics, sampler, every corner of its space.

    Raises:
        UsageError: a line a problem.
    """
    config.check_objectives(trainable.metrics)
    config.check_corners(lambda train: trainable.check(train, config))


def launch(
    config: StudyConfig, trainable: Trainable, settings: Settings, console: Console, *, serial: bool = False
) -> Launched:
    """Trains until the study's budget is met; the same call again goes on where this one ended.

    Raises:
        UsageError, Unreachable, Conflict: before any trial ran.
        StudyFailed: it ran, but failures exceeded the budget, or nothing completed.
    """
    check_config(config, trainable)
    for train in config.space.corners():
        trainable.prepare(train, config)
    _check_runs_folder(settings.runs_folder)
    storage = make_store(settings.storage, trainable.metrics)
    with naming_outages(storage.database_url):
        study = create_or_load(storage, config)
        with stop_signal() as stop, study.driving():
            session = _drive(study, trainable.train, settings, console, stop, serial=serial)
        return _ended(study, session, stop)


def _check_runs_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(1024))
    except OSError as error:
        raise UsageError(f"TUNER_RUNS: {folder} cannot be written to: {error.strerror}") from error


def _drive(
    study: Study, train: Train, settings: Settings, console: Console, stop: StopSignal, *, serial: bool
) -> Session:
    if serial or not study.view.remaining:
        from tuner.run.serial_runner import run_serially  # noqa: PLC0415

        with _session(study, settings, console, stop, devices=1) as session:
            run_serially(session, train)
        return session

    set_ray_environment(settings.ray_address)
    from tuner.run.ray_cluster import cluster, devices_for  # noqa: PLC0415 - Ray takes seconds to import
    from tuner.run.ray_runner import run_on_ray  # noqa: PLC0415

    with cluster(settings.ray_address):
        stop.arm()  # starting Ray takes SIGTERM for itself
        devices = devices_for(study.config.resources)
        with _session(study, settings, console, stop, devices=devices.count) as session:
            run_on_ray(session, train, devices)
    return session


@contextmanager
def _session(
    study: Study, settings: Settings, console: Console, stop: StopSignal, *, devices: int
) -> Iterator[Session]:
    folder = settings.runs_folder / study.view.folder_name
    tally = Tally.of(study.config, study.view.records())
    with Progress(tally, devices, console) as progress, Session(study, folder, progress, stop) as session:
        yield session


def _ended(study: Study, session: Session, stop: StopSignal) -> Launched:
    remaining = study.view.remaining
    halted = session.halted if remaining else None
    if session.failures > study.config.budget.failures:
        raise StudyFailed(
            f"study {study.name!r}: {session.halted}; see: python -m tuner status {study.name!r}"
        )
    if halted is None and not study.view.front():
        raise StudyFailed(f"study {study.name!r} ended, but no trial completed")
    # What is tried once each is a grid's points; those that failed leave the budget unmet.
    unmet = f"the grid has no point left; {remaining} of its trials failed" if remaining else None
    exit_code = stop.exit_code if stop.received else 0
    return Launched(study.view, exit_code, halted, None if halted else unmet)
