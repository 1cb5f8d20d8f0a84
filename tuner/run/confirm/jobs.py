"""Which trainings confirm a study: its trials, fresh seeds and folds; and what each of them trains."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from formats.messages import counted
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.store.confirmations.confirmation import Job
from tuner.store.reading.study_view import StudyView
from tuner.study.replicates import retrained
from tuner.study.trial import TrialSpec
from tuner.study.trial_record import TrialRecord, best_first

FIRST_SEED = 1000
"""How far the first fresh seed is from the trial's own: farther than any that a search uses."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        trials: numbers of trials; None for the front.
        top: so many trials, those best in the primary objective, instead of the front.
        seeds: how many seeds each is trained with.
        folds: into how many parts the classes that are not tested are cut; 0 for the split of the study; None
            for what its `replicates.folds` says, or its split without one.
    """

    trials: Collection[int] | None = None
    top: int | None = None
    seeds: int = 3
    folds: int | None = None

    def of(self, config: StudyConfig) -> Wanted:
        """Return the same with the folds that the study says, where none are asked for."""
        if self.folds is not None:
            return self
        return replace(self, folds=(config.replicates and config.replicates.folds) or 0)


def chosen(view: StudyView, wanted: Wanted) -> list[TrialRecord]:
    """Return the completed trials that are to be confirmed, the best of the primary objective first.

    Raises:
        UsageError: one of them did not complete, or no feasible one has; the study trains with code of its
            own.
    """
    if view.config.trainable is not None:
        raise UsageError(
            f"study {view.name!r} trains with code of its own, {view.config.trainable}, which knows no test "
            "split; only trainings of this project can be confirmed"
        )
    if wanted.trials is not None and wanted.top is not None:
        raise UsageError("--trials and --top both say which trials are confirmed; leave one out")
    if wanted.trials is not None:
        records = view.records(wanted.trials)
        unfit = set(wanted.trials) - {record.number for record in records if record.state == "COMPLETE"}
        if unfit:
            numbers = ", ".join(map(str, sorted(unfit)))
            raise UsageError(
                f"--trials: study {view.name!r} has no completed trial {numbers}; see its front or export"
            )
    else:
        records = _best(view, wanted.top)
    return best_first(records, view.objectives[0].direction)[: wanted.top]


def _best(view: StudyView, top: int | None) -> list[TrialRecord]:
    """Return the front, or all feasible trials if the best of them are wanted; no training twice.

    Raises:
        UsageError: there is none.
    """
    records = view.front() if top is None else view.records()
    feasible = {each.number: each for each in records if each.state == "COMPLETE" and each.is_feasible}
    if not feasible and (infeasible := view.summary().infeasible):
        raise UsageError(
            f"study {view.name!r}: none of {counted(infeasible, 'completed trial')} is feasible; "
            "name some with --trials"
        )
    if not feasible:
        raise UsageError(f"study {view.name!r} has no completed trial, so there is nothing to confirm yet")
    return [each for each in feasible.values() if each.attributes.get("same_as") not in feasible]


def jobs_of(record: TrialRecord, wanted: Wanted) -> list[Job]:
    """Return the trainings that confirm a trial; with more seeds there are more of them, beside the same."""
    first = record.attributes["config"].get("seed", 0) + FIRST_SEED
    folds, seeds = wanted.folds or 0, range(first, first + wanted.seeds)
    return [Job(record.number, seed, folds, fold) for seed in seeds for fold in range(folds or 1)]


def config_of(job: Job, record: TrialRecord) -> dict[str, Any]:
    """Return the training config of a job: its trial's, with another seed and with its fold."""
    return retrained(record.training_config, job.seed, job.folds, job.fold)


def spec_of(number: int, job: Job, record: TrialRecord, config: StudyConfig, folder: str) -> TrialSpec:
    """Return what a worker needs to train a job.

    Args:
        number: what tells it from the others that run with it.
        job: which training it is.
        record: its trial.
        config: the study's.
        folder: where it writes its checkpoints.
    """
    return TrialSpec(
        number=number,
        params=record.params,
        config=config_of(job, record),
        epochs=record.attributes["config"].get("epochs", config.budget.epochs),
        metric=config.primary.metric,
        direction=config.primary.direction,
        cpus=config.resources.cpus,
        checkpoint_seconds=config.keep.checkpoint_seconds,
        folder=folder,
        judge_on="test",
        label=job.title,
    )


def missing(jobs: Sequence[Job], done: Collection[Job]) -> list[Job]:
    """Return the jobs that are to be trained, one seed of all trials after the other."""
    order = {job: index for index, job in enumerate(jobs)}
    return sorted(set(jobs) - set(done), key=lambda job: (job.seed, job.fold, order[job]))
