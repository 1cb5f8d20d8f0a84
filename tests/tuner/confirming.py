"""Confirmations of toy studies, whose test split gives another score with each seed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from rich.console import Console

from tests.tuner import toy
from tuner.run.confirm.confirm import Confirmed, confirm
from tuner.run.confirm.jobs import Wanted
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore
from tuner.study.trial import Report, Train, TrialSpec

COMMAND = "python -m tuner confirm toy"


def on_test(score: float, seed: int) -> float:
    """The score on the test split of what has this score on the validation split."""
    return score - 0.1 + (seed % 7) / 100


def judged(spec: TrialSpec) -> Iterator[Report]:
    """The toy, which judges its result where it is asked to."""
    for report in toy.train(spec):
        if report.result is None or spec.judge_on == "validation":
            yield report
        else:
            found = {**report.result, "score": on_test(report.result["score"], spec.config["seed"])}
            noted = {"validation": dict(report.result), "best_epoch": report.epoch}
            yield replace(report, result=found, facts={**report.facts, **noted})


class Counted:
    """A training that notes which epochs it trained, by the title of the trial."""

    def __init__(self, train: Train = judged) -> None:
        self.epochs: dict[str, list[int]] = {}
        self._train = train

    def __call__(self, spec: TrialSpec) -> Iterator[Report]:
        begun = 0 if spec.checkpoint is None else int(Path(spec.checkpoint).read_text().strip('{"epoch: }'))
        for report in self._train(spec):
            if report.epoch > begun:
                self.epochs.setdefault(spec.title, []).append(report.epoch)
            yield report


def confirm_toy(
    storage: str,
    folder: Path,
    wanted: Wanted | None = None,
    *,
    serial: bool = True,
    said: io.StringIO | None = None,
    train: Train = judged,
    study: str = "toy",
) -> Confirmed:
    settings = Settings(storage=storage, runs_folder=folder / "runs", ray_address=None)
    trainable = SimpleNamespace(
        metrics=toy.metrics, packages=(), check=toy.check, prepare=toy.prepare, train=train
    )
    view = StudyStore.open(storage).load(study)
    console = Console(file=said or io.StringIO(), width=200)
    return confirm(view, wanted or Wanted(), trainable, settings, console, serial=serial, command=COMMAND)
