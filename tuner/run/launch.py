"""Runs a study from its config to its budget: checks, drives, and says how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from formats.messages import counted
from formats.problems import Problem, problem_lines
from tuner.config.auto_sampler import choice_line
from tuner.config.going_on import change_lines
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.run.custom.identity import code_change
from tuner.run.driver import Driver
from tuner.run.ended import Launched, how_it_ended
from tuner.run.node import LEAST_FREE_GIB, free_gib, prepare_all, write_into
from tuner.run.opened import opened
from tuner.run.signals import stop_signal
from tuner.settings import Settings, host_and_port
from tuner.store.create_study import create_or_load
from tuner.store.database import naming_outages
from tuner.store.outage import retry
from tuner.store.queue.submission import refuse_queued
from tuner.store.reading.code_reader import read_codes
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store
from tuner.store.tables.results_view import check_metrics
from tuner.study.replicates import config_of
from tuner.study.study import Study
from tuner.study.trial import Train


class Trainable(Protocol):
    """What a launch needs to know of training; `tuner.run.trainable` is one, tests bring smaller ones."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of all metrics that a training reports."""

    @property
    def packages(self) -> tuple[Path, ...]:
        """The folders of the packages that workers of a cluster are sent; they may have others, or none."""

    @property
    def code(self) -> Mapping[str, str]:
        """What each trial notes of code beside this project's: `code_hash`, `code_commit`."""

    @property
    def train(self) -> Train:
        """One trial's training; it must be importable or picklable where trials run."""

    def check(self, train: Mapping[str, Any], study: StudyConfig, /) -> None:
        """Raises ConfigProblems if a filled training config cannot be trained."""

    def doubts(self, study: StudyConfig, /) -> list[Problem]:
        """What of a study can be trained, but hardly as it is meant."""

    def prepare(self, train: Mapping[str, Any], study: StudyConfig, /) -> None:
        """Raises UsageError if what a filled training config reads is not there."""


def check_config(config: StudyConfig, trainable: Trainable) -> None:
    """Whether a study can run, as far as its file tells: metrics, sampler, every corner of its space.

    Raises:
        UsageError: a line a problem.
    """
    check_metrics(config.study, trainable.metrics)
    config.check(
        trainable.metrics, lambda train: trainable.check(config_of(train, config.replicates, 0), config)
    )


def doubt_lines(config: StudyConfig, trainable: Trainable) -> list[str]:
    """Return a line for each value of a valid study that is hardly meant as it is written."""
    lines = problem_lines(trainable.doubts(config), config.where).splitlines()
    return [f"warning: {line}" for line in lines]


def launch(
    config: StudyConfig,
    trainable: Trainable,
    settings: Settings,
    console: Console,
    *,
    serial: bool = False,
    results_of: str | None = None,
) -> Launched:
    """Trains until the study's budget is met; the same call again goes on where this one ended.

    Args:
        config: the study's.
        trainable: what trains.
        settings: where studies, checkpoints and devices are.
        console: shows what happens.
        serial: whether trials run in this process, one after another.
        results_of: a study all of whose results that fit are taken over, if this one is new.

    Raises:
        UsageError, Unreachable, Conflict: before any trial ran; the study may be queued for a service.
        StudyFailed: it ran, but failures exceeded the budget, or no trial completed and is feasible.
    """
    if settings.ray_address and not serial:
        host_and_port(settings.ray_address)
    check_config(config, trainable)
    prepare = partial(prepare_all, trainable.prepare, config)
    prepare()
    check_runs_folder(settings.runs_folder, console)
    engine = make_store(settings.storage, trainable.metrics)
    resume = settings.resume(config.study, allow_code=bool(config.trainable))
    driver = Driver(config, settings, console, resume)
    with naming_outages(engine.url), stop_signal(config.budget.stop_grace_seconds, driver.end_late) as stop:
        say = partial(console.print, highlight=False, soft_wrap=True, markup=False)
        view = create_or_load(engine, config, results_of, say)
        refuse_queued(view)
        for line in _first_lines(view, config, trainable):
            say(line)
        with opened(view, config, settings.runs_folder, stop, code=trainable.code, say=say) as start:
            if not start.study.remaining:
                say(f"study {config.study}: its budget is met: {_met(start.study, settings)}")
            if serial or not start.study.remaining:
                session = driver.run_serially(start, trainable.train)
            else:
                session = driver.run_on_ray(start, trainable.train, prepare, trainable.packages)
        return how_it_ended(view, start.study, session, stop, settings.again("status", view.name))


def _first_lines(view: StudyView, config: StudyConfig, trainable: Trainable) -> Iterator[str]:
    """Yield what is worth knowing before the first trial, above all how the study goes on otherwise."""
    if config.sampler.name == "auto":
        yield choice_line(config.space, config.early_stopping, objectives=len(config.objectives))
    for line in change_lines(view.config, config):
        yield f"study {config.study}: {line}"
    changed = config.trainable and code_change(
        config.trainable, trainable.code, retry(lambda: read_codes(view))
    )
    if changed:
        yield f"study {config.study}: {changed}"


def _met(study: Study, settings: Settings) -> str:
    config, budget = study.config, counted(study.config.budget.trials, "trial")
    resume = settings.resume(config.study, allow_code=bool(config.trainable), more=10)
    return study.spent.met_early or f"{study.spent.used} of {budget}; raise it with: {resume}"


def check_runs_folder(folder: Path, console: Console) -> None:
    """Make the folder for checkpoints; say so if it has little room.

    Raises:
        UsageError: it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_into(folder)
    except OSError as error:
        raise UsageError(
            f"TUNER_RUNS: {folder} cannot be written to: {error.strerror}; name another folder"
        ) from error
    free = free_gib(folder)
    if free is not None and free < LEAST_FREE_GIB:
        message = f"TUNER_RUNS: only {free:.1f} GiB are free in {folder}; make room for checkpoints"
        console.print(message, highlight=False, soft_wrap=True, markup=False, style="red")
