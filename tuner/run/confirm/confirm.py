"""Confirms a study: trains what is missing, and says how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console

from formats.problems import ConfigProblems
from tuner.config.sections import NoEarlyStopping
from tuner.config.study_config import StudyConfig
from tuner.errors import StudyFailed, UsageError
from tuner.run.confirm.confirmations import Confirmations
from tuner.run.confirm.confirming_tally import ConfirmingTally
from tuner.run.confirm.jobs import Wanted, chosen, config_of, jobs_of, missing, spec_of
from tuner.run.driver import Driver, Start
from tuner.run.files.clean import clean
from tuner.run.launch import Trainable, check_runs_folder
from tuner.run.node import prepare_each
from tuner.run.signals import StopSignal, stop_signal
from tuner.settings import Settings, host_and_port
from tuner.store.confirmations.confirmation import Confirmation, Job
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.confirmations.confirmation_writer import ConfirmationWriter, confirming
from tuner.store.database import naming_outages
from tuner.store.outage import retry
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store
from tuner.study.trial_record import WORD_OF, TrialRecord


@dataclass(frozen=True)
class Confirmed:
    """How it ended.

    Attributes:
        records: the trials that were to be confirmed, the best of the primary objective first.
        confirmations: all that the study has, of these trials.
        exit_code: 0, or 128 and the signal that interrupted it.
        halted: why it was ended before all was trained, if it was; the same command goes on from there.
    """

    records: list[TrialRecord]
    confirmations: list[Confirmation]
    exit_code: int
    halted: str | None


def confirm(
    view: StudyView,
    wanted: Wanted,
    trainable: Trainable,
    settings: Settings,
    console: Console,
    *,
    serial: bool = False,
    command: str,
) -> Confirmed:
    """Train what is missing of what is wanted; the same call again goes on where this one ended.

    Args:
        view: the study in the store; another process may drive it meanwhile.
        wanted: which trials, and how often.
        trainable: trains.
        settings: where studies, checkpoints and devices are.
        console: shows what happens.
        serial: whether one training follows another in this process.
        command: what goes on after this call, for people.

    Raises:
        UsageError, Unreachable, Conflict: before anything was trained.
        StudyFailed: it ran, but failures exceeded the budget, or nothing was completed.
    """
    config = view.config
    if settings.ray_address and not serial:
        host_and_port(settings.ray_address)
    wanted = wanted.of(config)
    records = chosen(view, wanted)
    prepare = _checked(records, wanted, trainable, config)
    check_runs_folder(settings.runs_folder, console)
    view = replace(view, engine=make_store(settings.storage, trainable.metrics))
    folder = view.folder_in(settings.runs_folder) / "confirm"
    jobs = [job for record in records for job in jobs_of(record, wanted)]
    driver = Driver(config, settings, console, command)
    grace_seconds = config.budget.stop_grace_seconds
    with naming_outages(view.engine.url), stop_signal(grace_seconds, driver.end_late) as stop:
        with confirming(view) as writer:
            start, confirmations = _start(view, records, jobs, writer, folder=folder, stop=stop)
            if serial or not confirmations.remaining:
                session = driver.run_serially(start, trainable.train)
            else:
                session = driver.run_on_ray(start, trainable.train, prepare, trainable.packages)
        for line in retry(lambda: clean(view, folder.parent, config.keep)).failed:
            console.print(line, highlight=False, soft_wrap=True, markup=False)
        if exceeded := session.failures.exceeded:
            raise StudyFailed(_failed(view.name, exceeded, confirmations.ended))
        halted = session.halted if confirmations.left else None
        return _ended(view, records, stop, halted)


def _checked(
    records: Sequence[TrialRecord], wanted: Wanted, trainable: Trainable, config: StudyConfig
) -> Callable[[], None]:
    """Check each config that is to be trained; return what a machine has to check for itself."""
    configs = []
    for record in records:
        filled = config_of(jobs_of(record, wanted)[-1], record)
        try:
            trainable.check(filled, config)
        except ConfigProblems as error:
            where = f"--folds {wanted.folds}: " if wanted.folds else ""
            lines = [f"{where}trial {record.number}: train.{line}" for line in str(error).splitlines()]
            raise UsageError("\n".join(lines)) from error
        configs.append(filled)
    prepare = partial(prepare_each, trainable.prepare, configs, config)
    prepare()
    return prepare


def _start(
    view: StudyView,
    records: Sequence[TrialRecord],
    jobs: Sequence[Job],
    writer: ConfirmationWriter,
    *,
    folder: Path,
    stop: StopSignal,
) -> tuple[Start, Confirmations]:
    """Find out what is missing, now that nobody else trains any of it."""
    states = {each.job: each.state for each in retry(lambda: confirmations_of(view)) if each.is_done}
    budget = view.config.budget.model_copy(update={"trials": len(jobs)})
    changes = {"budget": budget, "early_stopping": NoEarlyStopping(), "replicates": None}
    config = view.config.model_copy(update=changes)
    record_of = {record.number: record for record in records}
    listed = [
        (job, spec_of(number, job, record_of[job.trial], config, str(folder / job.folder_name)))
        for number, job in enumerate(missing(jobs, states))
    ]
    confirmations = Confirmations(config, listed, writer)
    tally = ConfirmingTally(config, Counter(WORD_OF[states[job]] for job in jobs if job in states))
    return Start(confirmations, writer, folder, tally, stop), confirmations


def _ended(view: StudyView, records: list[TrialRecord], stop: StopSignal, halted: str | None) -> Confirmed:
    numbers = {record.number for record in records}
    stored = [each for each in retry(lambda: confirmations_of(view)) if each.job.trial in numbers]
    if not halted and not any(each.state == "COMPLETE" for each in stored):
        raise StudyFailed(_failed(view.name, "no training was completed", stored))
    return Confirmed(records, stored, stop.exit_code if stop.received else 0, halted)


def _failed(name: str, what: str, confirmations: Iterable[Confirmation]) -> str:
    """Return what went wrong, with a line for each training that did not complete."""
    reasons = [f"  {each.job.title}: {each.reason}" for each in confirmations if each.state != "COMPLETE"]
    return "\n".join([f"study {name!r}: {what}", *reasons])
