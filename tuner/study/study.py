"""A study: asks its sampler, keeps what is reported, and knows what remains to be done."""

from __future__ import annotations

import json
import math
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState
from sqlalchemy.exc import IntegrityError

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict
from tuner.study import lock, outsiders, tables
from tuner.study.patient_storage import PatientStorage, patiently
from tuner.study.queue import queue_again, queue_grid
from tuner.study.samplers import build_sampler, proposal_seed
from tuner.study.trial import (
    Completed,
    Failed,
    Outcome,
    Report,
    Span,
    Stopped,
    TrialSpec,
)
from tuner.study.versions import git_commit, versions
from tuner.study.view import StudyView

_STATE_OF = {Completed: TrialState.COMPLETE, Stopped: TrialState.PRUNED, Failed: TrialState.FAIL}


class Study:
    """One study in the store. Whoever asks, reports and tells must hold it (`driving`)."""

    def __init__(
        self, optuna_study: optuna.Study, storage: PatientStorage, config: StudyConfig, stored: StudyView
    ) -> None:
        self.optuna_study = optuna_study
        self.config = config
        self.view = replace(stored, config=config)
        self._storage = storage
        self._ids: dict[int, int] = {}
        self._hold: lock.Hold = lambda: None
        self._asked: set[int] = set()
        self._count = patiently(self.view.count)
        self._write = patiently(tables.write_report)
        self._write_span = patiently(tables.write_span)
        self._is_running = patiently(outsiders.is_running)

    @property
    def name(self) -> str:
        """The study's name."""
        return self.config.study

    @contextmanager
    def driving(self) -> Iterator[None]:
        """Makes this process the study's one driver; trials that another left RUNNING are queued again.

        Raises:
            Conflict: another process drives the study, or it was deleted or renamed meanwhile.
        """
        purpose = f"driver of study {self.view.study_id}"  # its name may be changed by others
        try:
            with lock.exclusive(self._storage.engine, purpose, wait=False) as hold:
                self._hold = patiently(hold)
                self._look_for_outsiders()
                self.optuna_study.set_user_attr("driver", _this_process())
                self.optuna_study.set_user_attr("config", json.loads(self.config.to_json()))
                self.interrupt_running("its driver ended before it did")
                if self.config.sampler.name == "grid":
                    queue_grid(self.optuna_study, self.config.space.grid_values())
                yield
        except lock.Locked:
            holder = self.optuna_study.user_attrs.get("driver", "another process")
            raise Conflict(
                f"study {self.name!r} is driven by {holder}; wait for it, or stop it first"
            ) from None
        except (KeyError, IntegrityError) as error:  # what a store says where a study was deleted
            conflict = patiently(outsiders.conflict_of)(self._storage.engine, self.view.study_id, self.name)
            if conflict is None:
                raise
            raise conflict from error

    def ask(self, folder: Path) -> TrialSpec | None:
        """The next trial, RUNNING in the store from here on; None while the budget leaves no room for one.

        A queued trial comes before a new proposal. Checkpoints will go below `folder`.
        """
        self._hold()
        self._look_for_outsiders()
        if self._count("COMPLETE", "PRUNED") + len(self._asked) >= self.config.budget.trials:
            return None
        if not outsiders.adopt_queued(self._storage, self.view.study_id, self.config.space):
            if self.config.sampler.name == "grid":
                return None
            self.optuna_study.enqueue_trial({}, user_attrs={"attempt": 1})  # it is ours from its beginning
        self.optuna_study.sampler = self._sampler()
        trial = self.optuna_study.ask()
        patiently(outsiders.forget_reports)(self._storage.engine, self._id(trial.number))
        spec = self._spec_of(trial, self.config.space.suggest(trial), folder)
        # A trial that has its config was asked for entirely, and can be queued again.
        self._set(
            spec.number,
            attempt=spec.attempt,
            versions=versions(),
            git_commit=git_commit(),
            config=spec.config,
        )
        self._asked.add(spec.number)
        return spec

    def _spec_of(self, trial: optuna.Trial, config: dict[str, Any], folder: Path) -> TrialSpec:
        attributes = trial.user_attrs
        origin = attributes.get("retry_of", trial.number)  # all attempts of a training share its folder
        return TrialSpec(
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

    def report(self, spec: TrialSpec, report: Report) -> bool:
        """Keeps one report of a running trial: its row, its facts, its checkpoint.

        Returns:
            False if another program has ended or deleted the trial: then nothing of it is kept.
        """
        if self._is_taken(spec):
            return False
        attributes = dict(report.facts)
        if report.checkpoint is not None:
            attributes |= {"checkpoint": report.checkpoint, "epoch": report.epoch}
        metrics = {name: value if math.isfinite(value) else None for name, value in report.metrics.items()}
        trial_id = self._id(spec.number)
        self._write(self._storage.engine, trial_id, attributes, report.epoch, metrics)
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
        return True

    def tell(self, spec: TrialSpec, outcome: Outcome, span: Span | None = None) -> bool:
        """Ends a running trial; a machine's fault queues it again, at most `MAX_ATTEMPTS` in all.

        Returns:
            False if another program has ended or deleted the trial: then it stays as that left it.
        """
        if self._is_taken(spec):
            return False
        self._asked.discard(spec.number)
        if isinstance(outcome, Failed) and outcome.retry and spec.may_retry:
            queue_again(self.optuna_study, spec.number, attempt=spec.attempt + 1)
        self._set(spec.number, **_said_of(outcome), **({} if span is None else {"seconds": span.seconds}))
        values = None
        if isinstance(outcome, Completed):
            values = [outcome.metrics[objective.metric] for objective in self.config.objectives]
        self.optuna_study.tell(spec.number, values, state=_STATE_OF[type(outcome)])
        if span is not None:
            # Optuna's stamps say when a trial was asked for and told; people want to see when it ran.
            self._write_span(self._storage.engine, self._id(spec.number), span.started, span.ended)
        return True

    def interrupt_running(self, reason: str) -> None:
        """Ends what runs of ours, none of which is at fault, and queues it from its last checkpoint."""
        self._hold()  # else they are another driver's
        self._asked.clear()
        for trial in self.optuna_study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
            queue_again(self.optuna_study, trial.number)
            self._set(trial.number, reason=reason)
            self.optuna_study.tell(trial.number, state=TrialState.FAIL)

    def _look_for_outsiders(self) -> None:
        """Finds out what other programs did to the study itself, and repairs what can be.

        Raises:
            Conflict: it was deleted or renamed; what ran was interrupted.
        """
        engine, study_id = self._storage.engine, self.view.study_id
        conflict = patiently(outsiders.conflict_of)(engine, study_id, self.name)
        if conflict is not None:
            with suppress(KeyError):  # nothing is left to interrupt where the study was deleted
                self.interrupt_running("its study was renamed")
            raise conflict
        patiently(outsiders.replace_deleted)(engine, study_id, max(self._ids, default=-1) + 1)

    def _is_taken(self, spec: TrialSpec) -> bool:
        """Whether another program ended or deleted a trial that we train."""
        if self._is_running(self._storage.engine, self._id(spec.number)):
            return False
        self._asked.discard(spec.number)
        return True

    def _sampler(self) -> optuna.samplers.BaseSampler:
        sampler = self.config.sampler
        proposals = sum(
            "follows" not in trial.user_attrs and trial.state is not TrialState.WAITING
            for trial in self.optuna_study.get_trials(deepcopy=False)
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
        self._write(self._storage.engine, self._id(number), attributes)


def _said_of(outcome: Outcome) -> dict[str, Any]:
    """What the store keeps of an outcome beside its state: its metrics, or the reason that it has none."""
    said: dict[str, Any] = {} if isinstance(outcome, Failed) else dict(outcome.metrics)
    if not isinstance(outcome, Completed):
        reason = tables.readable(outcome.reason)
        lines = reason.strip().splitlines() or ["no reason given"]
        said["reason"] = lines[-1].strip()
        if len(lines) > 1:
            said["traceback"] = reason
    return said


def _this_process() -> str:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return f"process {os.getpid()} on {socket.gethostname()} since {since}"
