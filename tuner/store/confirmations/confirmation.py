"""A training that judges a trial on the test split: which one it is, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, order=True)
class Job:
    """Which training it is.

    Attributes:
        trial: the number of the trial whose config is trained.
        seed: `train.seed` in place of the trial's own.
        folds: into how many parts the classes that are not tested are cut; 0 for the split of the study.
        fold: which of these parts validates, from 0.
    """

    trial: int
    seed: int
    folds: int = 0
    fold: int = 0

    @property
    def title(self) -> str:
        """What people call it."""
        fold = f", fold {self.fold} of {self.folds}" if self.folds else ""
        return f"trial {self.trial}, seed {self.seed}{fold}"

    @property
    def folder_name(self) -> str:
        """The name of its folder."""
        fold = f"-fold-{self.fold}-of-{self.folds}" if self.folds else ""
        return f"trial-{self.trial:05d}-seed-{self.seed}{fold}"


@dataclass(frozen=True)
class Confirmation:
    """How such a training ended.

    Attributes:
        state: Optuna's word: COMPLETE, PRUNED (its configuration's fault) or FAIL.
        reason: why it did not complete, in one line.
        traceback: the whole of it, if the reason had more than one line.
        best_epoch: the epoch that was best on validation, whose weights were judged.
        test: the metrics on the test split; empty unless COMPLETE.
        validation: the metrics of that epoch on the validation split.
        attempt: which start of the training it was.
        node, device: where it ran.
        seconds: from the worker's beginning to its last report, in its last attempt.
        started_at, ended_at: when, UTC.
        versions, git_commit: of the code.
    """

    job: Job
    state: str
    reason: str | None
    traceback: str | None
    best_epoch: int | None
    test: Mapping[str, float]
    validation: Mapping[str, float]
    attempt: int
    node: str | None
    device: str | None
    seconds: float | None
    started_at: datetime | None
    ended_at: datetime
    versions: Mapping[str, Any]
    git_commit: str | None

    @property
    def is_done(self) -> bool:
        """Whether another try would end in the same way; one that failed is tried again if asked for."""
        return self.state != "FAIL"
