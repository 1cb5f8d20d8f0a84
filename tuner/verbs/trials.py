"""The verbs that look at single trials: what became of one, what it wrote, how its embeddings look."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuner.errors import UsageError
from tuner.options import Json, Name, Storage
from tuner.output import write_result
from tuner.settings import Settings

if TYPE_CHECKING:
    from tuner.store.reading.study_view import StudyView

_POLL_SECONDS = 0.3

Number = Annotated[int, typer.Argument(metavar="TRIAL", help="Its number.", show_default=False)]


def show(study: Name, trial: Number, *, storage: Storage = None, as_json: Json = False) -> None:
    """Show one trial: parameters, results, its curve, attempts, health, files."""
    import json

    from tuner.results.trial import trial_lines, trial_of
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        found = trial_of(store.load(study), trial, settings.runs_folder)
    write_result(json.dumps(found, indent=2) if as_json else "\n".join(trial_lines(found)))


def logs(
    study: Name,
    trial: Number,
    *,
    storage: Storage = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until the trial has ended.")] = False,
) -> None:
    """Print what a trial wrote: its output, warnings, traceback, of every attempt."""
    from tuner.run.files.trial_log import LOG
    from tuner.store.reading.reader import StudyStore
    from tuner.study.attempt import trial_folder

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        origin = view.record(trial).origin
        path = trial_folder(view.folder_in(settings.runs_folder), origin) / LOG
        if not path.is_file():
            raise UsageError(
                f"trial {trial} of {study} has no {path} on this machine; it has not run yet, or elsewhere: "
                "run this where it was trained, or set TUNER_RUNS"
            )
        _print_file(path, view, origin if follow else None)


def _print_file(path: Path, view: StudyView, origin: int | None) -> None:
    """Print a log, and what is added to it until the trial has ended, if its first attempt is named."""
    with path.open(encoding="utf-8", errors="replace") as log:
        while True:
            has_ended = origin is None or view.last_states().get(origin) not in ("RUNNING", "WAITING")
            if text := log.read():
                write_result(text.removesuffix("\n"))
            if has_ended:
                return
            time.sleep(_POLL_SECONDS)


def figures(
    study: Name,
    trial: Annotated[
        int | None, typer.Argument(metavar="[TRIAL]", help="Its number; all of the front if none is named.")
    ] = None,
    *,
    storage: Storage = None,
) -> None:
    """Draw learning curves, a map of the embeddings and a gallery of neighbours into the trials' folders."""
    from tuner.run import trainable
    from tuner.store.reading.reader import StudyStore
    from tuner.study.attempt import trial_folder

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        if view.config.trainable is not None:
            raise UsageError(f"study {study!r} has its own trainer, whose trials this program cannot draw")
        records = view.front() if trial is None else [view.record(trial)]
        folder = view.folder_in(settings.runs_folder)
    for record in records:
        for line in trainable.draw(trial_folder(folder, record.attributes.get("same_as", record.origin))):
            write_result(f"trial {record.number}: {line}")
