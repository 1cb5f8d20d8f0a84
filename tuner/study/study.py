"""A study: asks its sampler, keeps what is reported, and knows what remains to be done."""

from __future__ import annotations

import json
import logging
import math
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState
from sqlalchemy.exc import IntegrityError

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict
from tuner.study import external_changes
from tuner.study.asked import spec_of
from tuner.study.endings import STATE_OF, Told, said_of, told_of
from tuner.study.event import Entry
from tuner.study.event_log import Kept, Outbox
from tuner.study.queue import queue_again, queue_grid
from tuner.study.samplers import next_sampler
from tuner.study.store import lock, tables
from tuner.study.store.retrying_storage import PatientStorage
from tuner.study.store.study_view import StudyView
from tuner.study.trial import Completed, Failed, Outcome, Report, Span, TrialSpec
from tuner.study.versions import git_commit, this_process, versions

logger = logging.getLogger(__name__)


class Study:
    """One study in the store. Whoever asks, reports and tells must hold it (`driving`)."""

    def __init__(
        self, optuna_study: optuna.Study, storage: PatientStorage, config: StudyConfig, stored: StudyView
    ) -> None:
        self.optuna_study = optuna_study
        self.config = config
        self.view = replace(stored, stored_config=config.to_json())
        self.patience = storage.patience
        self.outbox = Outbox(None, "")
        self._storage = storage
        self._driver = ""
        self._ids: dict[int, int] = {}
        self._asked: set[int] = set()
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
            Conflict: another process drives the study, or it was deleted or renamed meanwhile.
        """
        purpose = f"driver of study {self.view.study_id}"  # its name may be changed by others
        try:
            with lock.exclusive(self._storage.engine, purpose, wait=False) as hold:
                self._hold = lambda: self.patience(hold)
                self._driver = secrets.token_hex(8)
                self._look_for_outsiders()
                self.optuna_study.set_user_attr("driver", this_process())
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
            said = f"study {self.name!r} is driven by {holder}; wait for it, or stop it first"
            raise Conflict(said) from None
        except (KeyError, IntegrityError) as error:  # what a store says where a study was deleted
            conflict = self._conflict()
            if conflict is None:
                raise
            raise conflict from error

    def ask(self, folder: Path) -> TrialSpec | None:
        """The next trial, RUNNING in the store from here on; None while the budget leaves no room for one.

        A queued trial comes before a new proposal. Checkpoints will go below `folder`.
        """
        self._hold()
        self._look_for_outsiders()
        done = self.patience(self.view.count, "COMPLETE", "PRUNED")
        if done + len(self._asked) >= self.config.budget.trials:
            return None
        if not external_changes.adopt_queued(self._storage, self.view.study_id, self.config.space):
            if self.config.sampler.name == "grid":
                return None
            self.optuna_study.enqueue_trial({}, user_attrs={"attempt": 1})  # it is ours from its beginning
        self.optuna_study.sampler = next_sampler(self.config, self.optuna_study.get_trials(deepcopy=False))
        trial = self.optuna_study.ask()
        self.patience(external_changes.forget_reports, self._storage.engine, self._id(trial.number))
        spec = spec_of(trial, self.config, folder)
        # A trial that has its config was asked for entirely, and can be queued again.
        self._set(
            spec.number,
            asked_by=self._driver,
            attempt=spec.attempt,
            versions=versions(),
            git_commit=git_commit(),
            config=spec.config,
        )
        self._asked.add(spec.number)
        return spec

    def keep(self, spec: TrialSpec, said: Report | Outcome, span: Span | None = None) -> Kept:
        """Keeps what is to be said of a trial where it outlives this process, until it was `tell_kept`."""
        return self.outbox.put(Entry(self._driver, spec, said, span))

    def tell_kept(self, kept: Kept) -> bool:
        """Tells the store what was kept; once, however often it is called.

        Returns:
            False if another program has ended or deleted the trial: then it stays as that left it.
        """
        entry = kept.entry
        if isinstance(entry.said, Report):
            told = self.report(entry.spec, entry.said)
        else:
            told = self.tell(entry.spec, entry.said, entry.span)
        self.outbox.remove(kept)
        return told

    def place(self, spec: TrialSpec, place: Mapping[str, str]) -> None:
        """Keeps where a trial runs, if it is still ours."""
        if not self._is_taken(spec):
            self._set(spec.number, **place)

    def report(self, spec: TrialSpec, report: Report) -> bool:
        """Keeps one report of a running trial: its row, its facts, its checkpoint; if it is still ours."""
        if self._is_taken(spec):
            return False
        attributes = dict(report.facts)
        if report.checkpoint is not None:
            attributes |= {"checkpoint": report.checkpoint, "epoch": report.epoch}
        metrics = {name: v if math.isfinite(v) else None for name, v in report.metrics.items()}
        trial_id, engine = self._id(spec.number), self._storage.engine
        self.patience(tables.write_report, engine, trial_id, attributes, report.epoch, metrics)
        primary = report.metrics.get(spec.metric, math.nan)
        if len(self.config.objectives) == 1 and report.epoch and math.isfinite(primary):
            # Only with one objective: a stopped trial with such a value would break every later proposal
            # of a study with several.
            self._storage.set_trial_intermediate_value(trial_id, report.epoch, primary)
        return True

    def tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> bool:
        """Ends a trial, if it is still ours; a machine's fault queues it again, `MAX_ATTEMPTS` in all."""
        if self._is_taken(spec):
            return False
        self._asked.discard(spec.number)
        if isinstance(outcome, Failed) and outcome.retry and spec.may_retry:
            queue_again(self.optuna_study, spec.number, attempt=spec.attempt + 1)
        self._set(spec.number, **said_of(outcome), **({} if span is None else {"seconds": span.seconds}))
        values = None
        if isinstance(outcome, Completed):
            values = [outcome.metrics[objective.metric] for objective in self.config.objectives]
        self.optuna_study.tell(spec.number, values, state=STATE_OF[type(outcome)])
        self._stamp(spec.number, span)
        return True

    def interrupt_running(self, reason: str) -> None:
        """Ends what runs of ours, none of which is at fault, and queues it from its last checkpoint."""
        self._hold()  # else they are another driver's
        self._asked.clear()
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

    def _look_for_outsiders(self) -> None:
        """Finds out what other programs did to the study itself, and repairs what can be.

        Raises:
            Conflict: it was deleted or renamed; what ran was interrupted.
        """
        conflict = self._conflict()
        if conflict is not None:
            with suppress(KeyError):  # nothing is left to interrupt where the study was deleted
                self.interrupt_running("its study was renamed")
            raise conflict
        known = max(self._ids, default=-1) + 1
        self.patience(external_changes.replace_deleted, self._storage.engine, self.view.study_id, known)

    def _conflict(self) -> Conflict | None:
        return self.patience(
            external_changes.conflict_of, self._storage.engine, self.view.study_id, self.name
        )

    def _is_taken(self, spec: TrialSpec) -> bool:
        """Whether another program ended or deleted a trial that we train."""
        self._hold()
        running = self.patience(external_changes.is_running, self._storage.engine, self._id(spec.number))
        if not running:
            self._asked.discard(spec.number)
        return not running

    def _id(self, number: int) -> int:
        if number not in self._ids:
            find = self._storage.get_trial_id_from_study_id_trial_number
            self._ids[number] = find(self.view.study_id, number)
        return self._ids[number]

    def _set(self, number: int, **attributes: Any) -> None:
        self.patience(tables.write_report, self._storage.engine, self._id(number), attributes)
