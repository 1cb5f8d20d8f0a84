"""Trains a completed trial once more, with its own config and seed, and compares what comes of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tuner.errors import StudyFailed, UsageError
from tuner.run.launch import Trainable
from tuner.store.reading.study_view import StudyView
from tuner.study.trial import Report, TrialSpec
from tuner.study.trial_record import TrialRecord
from tuner.versions import git_commit, versions

TIMINGS = ("train_seconds", "embed_ms_per_image")
"""Metrics that are times, which differ from run to run."""


@dataclass(frozen=True)
class Rerun:
    """A trial's metrics, as they are stored and as they are now.

    Attributes:
        stored: of the trial's first training.
        now: of the training just done.
        changes: what it ran on that is not as it was, a line each.
    """

    stored: Mapping[str, float]
    now: Mapping[str, float]
    changes: tuple[str, ...]

    @property
    def differing(self) -> dict[str, tuple[float | None, float | None]]:
        """The metrics that are not equal, each as stored and as it is now."""
        pairs = {name: (self.stored.get(name), value) for name, value in self.now.items()}
        return {name: (stored, now) for name, (stored, now) in pairs.items() if stored != now}

    @property
    def summary(self) -> str:
        """Whether the metrics are equal, in one line."""
        if not self.differing:
            return f"equal: all {len(self.now)} metrics"
        since = f"; since then: {', '.join(self.changes)}" if self.changes else ""
        return f"not equal: {len(self.differing)} of {len(self.now)} metrics differ{since}"


def rerun(view: StudyView, record: TrialRecord, trainable: Trainable) -> Rerun:
    """Train a trial's first training again in this process; the study and its folder stay as they are.

    Raises:
        UsageError: the trial has no result of its own.
        StudyFailed: the training ended without a result.
    """
    if record.state != "COMPLETE" or "same_as" in record.attributes:
        raise UsageError(
            f"trial {record.number} of {view.name} has no result of its own training to compare with; "
            "name a completed trial that was trained"
        )
    with tempfile.TemporaryDirectory(prefix="rerun-") as folder:
        now = _result(record, trainable, _spec(view, record, folder))
    stored = (record.attributes.get("results") or [record.attributes])[0]
    measured = {name: value for name, value in now.items() if name not in TIMINGS}
    return Rerun(
        {name: stored.get(name) for name in measured}, measured, tuple(_changes(record, trainable.code))
    )


def _spec(view: StudyView, record: TrialRecord, folder: str) -> TrialSpec:
    config = view.config
    return TrialSpec(
        number=record.number,
        params=record.params,
        config=record.training_config,
        epochs=record.attributes.get("epochs", config.budget.epochs),
        metric=config.primary.metric,
        direction=config.primary.direction,
        cpus=config.resources.cpus,
        folder=folder,
    )


def _result(record: TrialRecord, trainable: Trainable, spec: TrialSpec) -> Mapping[str, float]:
    last: Report | None = None
    for last in trainable.train(spec):
        if last.is_last:
            break
    if last is None or last.result is None:
        why = last and (last.stopped or last.error)
        raise StudyFailed(f"trial {record.number}, trained again, has no result: {why or 'it only ended'}")
    return last.result


def _changes(record: TrialRecord, code: Mapping[str, str]) -> list[str]:
    """Return what differs between the machine and code of a trial and those here, as far as it is stored."""
    before: Mapping[str, Any] = record.attributes.get("versions") or {}
    changes = [
        f"{name} {before[name]} is {now}" for name, now in versions().items() if before.get(name, now) != now
    ]
    commit = record.attributes.get("git_commit")
    if commit != git_commit():
        changes.append(f"commit {str(commit)[:9]} is {str(git_commit())[:9]}")
    for name, now in code.items():
        if record.attributes.get(name) != now:
            changes.append(f"{name} {record.attributes.get(name)} is {now}")
    return changes
