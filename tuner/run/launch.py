"""Runs a study from its config to its budget: checks, drives, and says how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from formats.messages import counted
from formats.problems import Problem, problem_lines
from tuner.config.auto_sampler import choice_line
from tuner.config.going_on import change_lines
from tuner.config.study_config import StudyConfig
from tuner.errors import StudyFailed, UsageError
from tuner.run.custom.identity import code_change
from tuner.run.driver import Driver, Start
from tuner.run.files.clean import clean
from tuner.run.files.trial_files import TrialFiles
from tuner.run.live.tally import Tally
from tuner.run.node import LEAST_FREE_GIB, free_gib, prepare_all, write_into
from tuner.run.same_data import SameData
from tuner.run.session import Session
from tuner.run.signals import StopSignal, stop_signal
from tuner.settings import Settings, host_and_port
from tuner.store.create_study import create_or_load
from tuner.store.database import naming_outages
from tuner.store.open_study import driving
from tuner.store.outage import retry
from tuner.store.reading.code_reader import read_codes
from tuner.store.reading.split_reader import read_splits
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store
from tuner.store.tables.results_view import check_metrics
from tuner.study.replicates import config_of
from tuner.study.study import Study
from tuner.study.trial import Train
from tuner.study.trial_record import TrialRecord


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


@dataclass(frozen=True)
class Launched:
    """How a launch ended.

    Attributes:
        front: the feasible trials that no other dominates.
        infeasible: how many completed trials break a constraint.
        exit_code: 0, or 128 and the signal that interrupted it.
        halted: why it was ended before its budget was met, if it was; the same command goes on from there.
        unmet: why it ended by itself with trials of its budget left, if it did; nothing can go on.
    """

    study: StudyView
    front: list[TrialRecord]
    infeasible: int
    exit_code: int
    halted: str | None
    unmet: str | None


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
        UsageError, Unreachable, Conflict: before any trial ran.
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
    grace_seconds = config.budget.stop_grace_seconds
    with naming_outages(engine.url), stop_signal(grace_seconds, driver.end_late) as stop:
        say = partial(console.print, highlight=False, soft_wrap=True, markup=False)
        view = create_or_load(engine, config, results_of, say)
        for line in _first_lines(view, config, trainable):
            say(line)
        folder = view.folder_in(settings.runs_folder)
        with driving(view, config, settings.runs_folder, code=trainable.code) as (study, writer):
            seen = retry(view.reports) if config.early_stopping.name != "none" else []
            tally = Tally.of(config, study.ended())
            files = retry(lambda: TrialFiles.begin(view, config, folder))
            if not study.remaining:
                say(f"study {config.study}: its budget is met: {_met(study, settings)}")
            data = SameData(retry(lambda: read_splits(view)))
            start = Start(study, writer, folder, tally, stop, seen, files, data)
            if serial or not study.remaining:
                session = driver.run_serially(start, trainable.train)
            else:
                session = driver.run_on_ray(start, trainable.train, prepare, trainable.packages)
            for line in retry(lambda: clean(view, folder, config.keep)).failed:
                say(line)
        return _ended(view, study, session, stop, settings.again("status", view.name))


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


def _ended(view: StudyView, study: Study, session: Session, stop: StopSignal, status: str) -> Launched:
    halted = session.halted if study.remaining else None
    if exceeded := session.failures.exceeded:
        line = f"study {view.name!r}: {exceeded}; see: {status}"
        raise StudyFailed("\n".join([line, *(f"  {reason}" for reason in session.failures.by_reason())]))
    front = study.front()
    infeasible = [record.constraints for record in study.ended() if not record.is_feasible]
    if halted is None and not front:
        raise StudyFailed(_without_front(study.config, infeasible))
    unmet = None
    if study.remaining and study.config.sampler.name == "grid":  # points failed, or were trained once
        unmet = f"the grid has no point left; not used of the budget: {counted(study.remaining, 'trial')}"
    elif early := study.spent.met_early:
        section = early.partition(":")[0]
        unmet = f"{early}; to go on: launch its file with {section}=null"
    elif study.remaining:
        unmet = f"of the budget {counted(study.remaining, 'trial')} left; run the same command again"
    exit_code = stop.exit_code if stop.received else 0
    return Launched(view, front, len(infeasible), exit_code, halted, None if halted else unmet)


def _without_front(config: StudyConfig, infeasible: Sequence[Mapping[str, float]]) -> str:
    """Return why a study that has ended has no front.

    Args:
        config: the study's.
        infeasible: the constraint values of the completed trials that break a constraint.
    """
    if not infeasible:
        return f"study {config.study!r} ended, but no trial completed"
    lines = [
        f"study {config.study!r} ended, but none of {counted(len(infeasible), 'completed trial')} is feasible"
    ]
    for each in config.constraints:
        beyond = [values[each.key] for values in infeasible if values.get(each.key, 0) > 0]
        if beyond:
            lines.append(f"{len(beyond)} break {each.metric} {each.bound}, by {min(beyond):.4g} or more")
    return "; ".join([*lines, "go on with --more TRIALS, or start a new study with other constraints"])
