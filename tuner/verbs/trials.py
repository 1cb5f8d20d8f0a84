"""The verbs that look at single trials: what became of one, what it wrote, how its embeddings look."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuner.errors import StudyFailed, UsageError
from tuner.options import AllowCode, Json, Name, Storage
from tuner.output import reader_left, write_result
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
        record = view.record(trial)
        origin = record.origin
        path = trial_folder(view.folder_in(settings.runs_folder), record.trained_as) / LOG
        if not path.is_file():
            raise UsageError(
                f"trial {trial} of {study} has no {path} on this machine; it has not run yet, or elsewhere: "
                "run this where it was trained, or set TUNER_RUNS"
            )
        _print_file(path, view, origin if follow else None)


def _print_file(path: Path, view: StudyView, origin: int | None) -> None:
    """Print a log, and what is added to it until the trial has ended, if its first attempt is named."""
    with path.open("rb") as log:
        unfinished = b""
        while True:
            has_ended = origin is None or view.last_states().get(origin) not in ("RUNNING", "WAITING")
            added = unfinished + log.read()
            end = len(added) if has_ended else added.rfind(b"\n") + 1  # half a line waits for its rest
            if end:
                text = added[:end].decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
                write_result(text.removesuffix("\n"))
            if has_ended or reader_left(_POLL_SECONDS):
                return
            unfinished = added[end:]


def figures(
    study: Name,
    trial: Annotated[
        int | None, typer.Argument(metavar="[TRIAL]", help="Its number; all of the front if none is named.")
    ] = None,
    *,
    storage: Storage = None,
) -> None:
    """Draw learning curves, a map of the embeddings and a gallery of neighbours into the trials' folders."""
    from tuner.results.model import chosen, model_folder
    from tuner.run import trainable
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        if view.config.trainable is not None:
            raise UsageError(f"study {study!r} has its own trainer, whose trials this program cannot draw")
        records = chosen(view, trial, front=trial is None)
        folders = {each.number: model_folder(view, each, settings.runs_folder) for each in records}
    for number, folder in folders.items():
        for line in trainable.draw(folder):
            write_result(f"trial {number}: {line}")


def rerun(
    study: Name,
    trial: Number,
    *,
    storage: Storage = None,
    allow_code: AllowCode = False,
    as_json: Json = False,
) -> None:
    """Train a completed trial once more here, same config and seed; say whether its metrics are equal."""
    import json

    from tuner.run.custom.loading import trainable_of
    from tuner.run.rerun import rerun as rerun_of
    from tuner.store.reading.reader import StudyStore

    with StudyStore.reading(Settings.read(storage).storage) as store:
        view = store.load(study)
        record = view.record(trial)
    with redirect_stdout(sys.stderr):  # what the training prints is no result
        again = rerun_of(view, record, trainable_of(view.config, allow_code=allow_code))
    if as_json:
        write_result(json.dumps(asdict(again), indent=2))
    else:
        lines = [f"{name}: {stored} stored, {now} now" for name, (stored, now) in again.differing.items()]
        write_result("\n".join([*lines, f"trial {trial}: {again.summary}"]))
    if again.differing:
        raise typer.Exit(StudyFailed.exit_code)
