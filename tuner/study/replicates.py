"""The trainings of one trial: its configuration with other seeds, on other folds, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tuner.config.sections import Replicates
from tuner.config.study_config import StudyConfig
from tuner.study.constraints import is_feasible
from tuner.study.outcome import Completed, Outcome, values_of
from tuner.study.spent_budget import SpentBudget
from tuner.study.trial import Report, Span, TrialSpec, mean_of

OF_CONFIG = ("config", "seed", "split_hash")
"""Attributes of a trial that say what its first training was."""

_FURTHER = re.compile(r"training-\d+")


def retrained(config: Mapping[str, Any], seed: int, folds: int, fold: int) -> dict[str, Any]:
    """Return a training config with this seed, and this fold of so many; 0 leaves the split as it is."""
    changed = {**config, "seed": seed}
    if folds:
        changed["dataset"] = {**config["dataset"], "folds": folds, "fold": fold}
    return changed


def config_of(config: Mapping[str, Any], replicates: Replicates | None, index: int) -> dict[str, Any]:
    """Return the config of one of a trial's trainings, counted from 0, from that of the trial.

    All folds of a seed come before the next seed. The first seed is the trial's own, or 0.
    """
    if replicates is None:
        return dict(config)
    further_seeds, fold = divmod(index, replicates.folds or 1)
    return retrained(config, config.get("seed", 0) + further_seeds, replicates.folds or 0, fold)


def without_config(report: Report) -> Report:
    """Return the report of a further training without what it says of its config: a trial keeps its own."""
    facts = {name: value for name, value in report.facts.items() if name not in OF_CONFIG}
    return replace(report, facts=facts)


def folder_of(trial_folder: str, index: int) -> str:
    """Return the folder of one of a trial's trainings, counted from 0."""
    return f"{trial_folder}/training-{index + 1}" if index else trial_folder


def trial_folder_of(folder: Path) -> Path:
    """Return the folder of a trial's first training from that of any of its trainings."""
    return folder.parent if _FURTHER.fullmatch(folder.name) else folder


def label_of(number: int, index: int, replicates: Replicates | None) -> str:
    """Return what people call one of a trial's trainings, counted from 0; empty for the first."""
    return f"trial {number}, training {index + 1} of {replicates.trainings}" if replicates and index else ""


def training_of(spec: TrialSpec, replicates: Replicates | None) -> str:
    """Return which of its trial's trainings one is, such as `training 2 of 3`; empty if there is only one."""
    return f"training {len(spec.results) + 1} of {replicates.trainings}" if replicates else ""


def over_all(spec: TrialSpec, outcome: Outcome, config: StudyConfig) -> Outcome:
    """Return the outcome of a trial from that of its last training.

    A completed trial has the means of all. One whose last training did not complete did not either: the
    reason names the training.
    """
    if isinstance(outcome, Completed):
        results = [*spec.results, outcome.metrics]
        return Completed(mean_of(results), results) if spec.results else outcome
    if not spec.results:
        return outcome
    return replace(outcome, reason=f"{training_of(spec, config.replicates)}: {outcome.reason}")


class Replication:
    """Which trials of a study are trained again, and how long all trainings of a trial have taken.

    Args:
        config: the study's.
        spent: what of its budget is spent.
    """

    def __init__(self, config: StudyConfig, spent: SpentBudget) -> None:
        self._config = config
        self._spent = spent
        self._seconds: dict[int, float] = {}  # of a trial's trainings but the last

    def following(self, spec: TrialSpec, outcome: Outcome, span: Span | None) -> TrialSpec | None:
        """Return the training that follows one that has ended; None if the trial has ended with it.

        With `when: front` there is one while the mean of the trial's trainings would enlarge the front.
        """
        replicates, trained = self._config.replicates, len(spec.results) + 1
        if replicates is None or not isinstance(outcome, Completed) or trained == replicates.trainings:
            return None
        mean = Completed(mean_of([*spec.results, outcome.metrics]))
        values, constraints = values_of(mean, self._config)
        may_grow = values is not None and is_feasible(constraints) and self._spent.may_grow(values)
        if replicates.when == "front" and not may_grow:
            return None
        self._spent.trained_again[spec.number] = trained
        self._seconds[spec.number] = self._seconds.get(spec.number, 0.0) + (span.seconds if span else 0.0)
        folder = str(trial_folder_of(Path(spec.folder)))
        return replace(
            spec,
            config=config_of(self._config.space.fill(spec.params), replicates, trained),
            results=(*spec.results, dict(outcome.metrics)),
            folder=folder_of(folder, trained),
            checkpoint=None,
            reported=0,
            label=label_of(spec.number, trained, replicates),
        )

    def whole(self, spec: TrialSpec, span: Span | None) -> Span | None:
        """Return the span of all trainings of this attempt at a trial, from that of its last one."""
        return span and span.begun_earlier(self._seconds.pop(spec.number, 0.0))
