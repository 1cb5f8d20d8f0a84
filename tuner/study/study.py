"""A study: asks its sampler, keeps what is reported, and knows what remains to be done."""

from __future__ import annotations

import json
import logging
import math
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict
from tuner.study import lock, tables
from tuner.study.endings import STATE_OF, Told, said_of, told_of
from tuner.study.entry import Entry
from tuner.study.outbox import Kept, Outbox
from tuner.study.patient_storage import PatientStorage
from tuner.study.queue import queue_again, queue_grid
from tuner.study.samplers import build_sampler, proposal_seed
from tuner.study.trial import Completed, Failed, Outcome, Report, Span, TrialSpec
from tuner.study.versions import git_commit, versions
from tuner.study.view import StudyView

logger = logging.getLogger(__name__)


class Study:
    """One study in the store. Whoever asks, reports and tells must hold it (`driving`)."""

    def __init__(
        self, optuna_study: optuna.Study, storage: PatientStorage, config: StudyConfig, stored: StudyView
    ) -> None:
        self.optuna_study = optuna_study
        self.config = config
        self.view = replace(stored, config=config)
        self.patience = storage.patience
        self.outbox = Outbox(None, "")
        self._storage = storage
        self._driver = ""
        self._ids: dict[int, int] = {}
        self._hold: lock.Hold = lambda: None

    @property
    def name(self) -> str:
        """The study's name."""
        return self.config.study

    @contextmanager
    def driving(self, runs_folder: Path | None = None) -> Iterator[None]:
        """Makes this process the study's one driver; trials that another left RUNNING are queued again.

        Before that the store is told what that driver could not tell it.

        Args:
            runs_folder: where studies have their folders; without it nothing outlives this process.

        Raises:
            Conflict: another process drives the study.
        """
        try:
            with lock.exclusive(self._storage.engine, f"driver of {self.name}", wait=False) as hold:
                self._hold = lambda: self.patience(hold)
                self._driver = secrets.token_hex(8)
                self.optuna_study.set_user_attr("driver", _this_process())
                self.optuna_study.set_user_attr("config", json.loads(self.config.to_json()))
                folder = runs_folder / self.view.folder_name / "outbox" if runs_folder else None
                self.outbox = Outbox(folder, self._driver)
                self._tell_what_is_left()
                self.interrupt_running("its driver ended before it did")
                self.patience.begun = True
                if self.config.sampler.name == "grid":
                    queue_grid(self.optuna_study, self.config.space.grid_values())
                yield
        except lock.Locked:
            holder = self.optuna_study.user_attrs.get("driver", "another process")
            raise Conflict(
                f"study {self.name!r} is driven by {holder}; wait for it, or stop it first"
            ) from None

    def ask(self, folder: Path) -> TrialSpec | None:
        """The next trial, RUNNING in the store from here on; None while the budget leaves no room for one.

        A queued trial comes before a new proposal. Checkpoints will go below `folder`.
        """
        self._hold()
        if self.patience(self.view.count, "COMPLETE", "PRUNED", "RUNNING") >= self.config.budget.trials:
            return None
        if self.config.sampler.name == "grid" and not self.patience(self.view.count, "WAITING"):
            return None
        self.optuna_study.sampler = self._sampler()
        trial = self.optuna_study.ask()
        config = self.config.space.suggest(trial)
        attributes = trial.user_attrs
        origin = attributes.get("retry_of", trial.number)  # all attempts of a training share its folder
        spec = TrialSpec(
            number=trial.number,
            params=trial.params,
            config=config,
            epochs=self.config.budget.epochs,
            metric=self.config.primary.metric,
            direction=self.config.primary.direction,
            cpus=self.config.resources.cpus,
            folder=str(folder / f"trial-{origin:05d}"),
            checkpoint=attributes.get("checkpoint"),
            reported=attributes.get("epoch", 0),
            attempt=attributes.get("attempt", 1),
            retry_of=attributes.get("retry_of"),
        )
        # A trial that has its config was asked for entirely, and can be queued again.
        self._set(
            spec.number,
            asked_by=self._driver,
            attempt=spec.attempt,
            versions=versions(),
            git_commit=git_commit(),
            config=config,
        )
        return spec

    def keep(self, spec: TrialSpec, said: Report | Outcome, span: Span | None = None) -> Kept:
        """Keeps what is to be said of a trial where it outlives this process, until it was `tell_kept`."""
        return self.outbox.put(Entry(self._driver, spec, said, span))

    def tell_kept(self, kept: Kept) -> None:
        """Tells the store what was kept; once, however often it is called."""
        entry = kept.entry
        if isinstance(entry.said, Report):
            self.report(entry.spec, entry.said)
        else:
            self.tell(entry.spec, entry.said, entry.span)
        self.outbox.remove(kept)

    def report(self, spec: TrialSpec, report: Report) -> None:
        """Keeps one report of a running trial: its row, its facts, its checkpoint."""
        self._hold()
        attributes = dict(report.facts)
        if report.checkpoint is not None:
            attributes |= {"checkpoint": report.checkpoint, "epoch": report.epoch}
        metrics = {name: value if math.isfinite(value) else None for name, value in report.metrics.items()}
        trial_id = self._id(spec.number)
        self.patience(tables.write_report, self._storage.engine, trial_id, attributes, report.epoch, metrics)
        primary = report.metrics.get(spec.metric)
        if (
            len(self.config.objectives) == 1
            and report.epoch
            and primary is not None
            and math.isfinite(primary)
        ):
            # Only with one objective: a stopped trial with such a value would break every later proposal
            # of a study with several.
            self._storage.set_trial_intermediate_value(trial_id, report.epoch, primary)

    def tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> None:
        """Ends a running trial; a machine's fault queues it again, at most `MAX_ATTEMPTS` in all."""
        self._hold()
        if isinstance(outcome, Failed) and outcome.retry and spec.may_retry:
            queue_again(self.optuna_study, spec.number, attempt=spec.attempt + 1)
        self._set(spec.number, **said_of(outcome), **({} if span is None else {"seconds": span.seconds}))
        values = None
        if isinstance(outcome, Completed):
            values = [outcome.metrics[objective.metric] for objective in self.config.objectives]
        self.optuna_study.tell(spec.number, values, state=STATE_OF[type(outcome)])
        self._stamp(spec.number, span)

    def interrupt_running(self, reason: str) -> None:
        """Ends every running trial, none of which is at fault, and queues it from its last checkpoint."""
        for trial in self.optuna_study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
            queue_again(self.optuna_study, trial.number)
            self._set(trial.number, reason=reason)
            self.optuna_study.tell(trial.number, state=TrialState.FAIL)

    def _tell_what_is_left(self) -> None:
        """Tells the store what earlier drivers could not; what is no longer theirs to tell is dropped."""
        for kept in self.outbox.left():
            entry = kept.entry
            told = told_of(entry, self.optuna_study.get_trials(deepcopy=False), self._reported)
            if told is Told.NOT_YET:
                logger.warning("%s is told now: its driver ended before it could", entry)
                self.tell_kept(kept)
                continue
            if told is Told.NO_LONGER:
                logger.warning("%s is dropped: the trial is no longer its driver's", entry)
            else:
                self._stamp(entry.spec.number, entry.span)
            self.outbox.remove(kept)

    def _reported(self) -> set[tuple[int, int]]:
        rows = self.patience(tables.read_reports, self._storage.engine, self.view.study_id)
        return {(number, epoch) for number, epoch, _ in rows}

    def _stamp(self, number: int, span: Span | None) -> None:
        """Optuna's stamps say when a trial was asked for and told; people want to see when it ran."""
        if span is not None:
            stamps = (span.started, span.ended)
            self.patience(tables.write_span, self._storage.engine, self._id(number), *stamps)

    def _sampler(self) -> optuna.samplers.BaseSampler:
        sampler = self.config.sampler
        proposals = sum(
            "follows" not in trial.user_attrs for trial in self.optuna_study.get_trials(deepcopy=False)
        )
        seed = proposal_seed(sampler.name, sampler.seed, proposals)
        return build_sampler(sampler.name, self.config.space, seed)

    def _id(self, number: int) -> int:
        if number not in self._ids:
            self._ids[number] = self._storage.get_trial_id_from_study_id_trial_number(
                self.view.study_id, number
            )
        return self._ids[number]

    def _set(self, number: int, **attributes: Any) -> None:
        self.patience(tables.write_report, self._storage.engine, self._id(number), attributes)


def _this_process() -> str:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return f"process {os.getpid()} on {socket.gethostname()} since {since}"
