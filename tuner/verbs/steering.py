"""The verbs that steer a study which is there: stop it, try trials again, rename or delete it."""

from __future__ import annotations

import shutil
import time
from typing import Annotated

import typer

from formats.messages import counted
from tuner.errors import UsageError
from tuner.options import Name, Storage
from tuner.output import write_message, write_result
from tuner.settings import Settings

_POLL_SECONDS = 0.3

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]


def stop(study: Name, *, storage: Storage = None) -> None:
    """Take the study out of the queue; stop its driver, wherever it runs, as at a first Ctrl-C, and wait."""
    from tuner.store.queue.submission import leave_queue
    from tuner.store.reading.reader import StudyStore
    from tuner.store.steering import ask_to_stop

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        resume = settings.resume(study, allow_code=not view.unreadable and bool(view.config.trainable))
        was_queued = leave_queue(view)  # first, so that no service drives it again
        driver = ask_to_stop(view)
        if driver is None:
            left = f"took {study} out of the queue; to go on: {resume}"
            write_result(left if was_queued else f"nobody drives {study}")
            return
        write_message(f"asked {driver} to stop")
        deadline = time.monotonic() + view.config.budget.stop_grace_seconds + 10
        while view.held_by() is not None:
            if time.monotonic() > deadline:
                end = "see what it says" if was_queued else "end that process on its node"
                raise UsageError(f"{driver} still drives {study}; {end}")
            time.sleep(_POLL_SECONDS)
    write_result(f"stopped {study}; to go on: {resume}")


def retry(
    study: Name,
    trials: Annotated[
        list[int] | None, typer.Argument(metavar="[TRIAL]...", help="Numbers of failed trials.")
    ] = None,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="All that failed.")] = False,
    storage: Storage = None,
) -> None:
    """Queue failed trials again, as new ones with the same parameters."""
    from tuner.store.enqueue import queue_again
    from tuner.store.reading.reader import StudyStore

    if failed == bool(trials):
        raise UsageError("name the numbers of failed trials, or --failed for all of them")
    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        listed = queue_again(view, trials)
        for old, new in listed:
            write_result(f"queued trial {new} of {study} with the parameters of trial {old}")
        waits = listed and view.held_by() is None
        enough = view.remaining >= len(listed)
    if not listed:
        write_result(f"nothing to queue: no trial of {study} failed, or all have been queued again")
    elif waits:
        more = None if enough else len(listed)
        write_message(
            f"to run them: {settings.resume(study, allow_code=bool(view.config.trainable), more=more)}"
        )


def rename(
    study: Name,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name from now on.", show_default=False)],
    *,
    storage: Storage = None,
) -> None:
    """Give a study that nobody drives another name."""
    from tuner.store.reading.reader import StudyStore
    from tuner.store.steering import rename_study

    with StudyStore.reading(Settings.read(storage).storage) as store:
        rename_study(store.load(study), name)
    write_result(f"{study} is {name} now; a file that launches it has to say so: study: {name}")


def delete(study: Name, *, storage: Storage = None, yes: Yes = False) -> None:
    """Delete a study that nobody drives: its trials from the store, its files from TUNER_RUNS."""
    from tuner.store.reading.reader import StudyStore
    from tuner.store.steering import delete_study, who_needs_files

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        folder = view.folder_in(settings.runs_folder)
        trials, needs = sum(view.summary().states.values()), who_needs_files(view)
        if not yes:
            files = f", and {folder}" if needs is None else ""
            question = f"delete {study} with its {counted(trials, 'trial')}{files}?"
            if not typer.confirm(question, err=True):
                raise UsageError(f"{study} was not deleted")
        delete_study(view)
    if needs is not None:
        write_message(f"{folder} stays, since {needs} may need it; if not, remove it by hand")
    elif folder.is_dir() and not folder.is_symlink():
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise UsageError(
                f"deleted {study}, but not {folder}: {error.strerror}; remove it by hand"
            ) from error
    write_result(f"deleted {study} with {counted(trials, 'trial')}")
