"""The verbs that keep the service in order; like all verbs, they import what they need."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from formats.messages import counted
from tuner.errors import UsageError
from tuner.options import AllowCode, Cluster, Insecure, Json, Name, Overrides, Storage
from tuner.output import write_result
from tuner.settings import Settings

AnyFile = Annotated[Path | None, typer.Argument(help="The study's YAML file, if it too is to be checked.")]


def migrate(*, storage: Storage = None) -> None:
    """Make the store's tables, or bring them up to this program's version; many may do so at once."""
    from tuner.run import trainable
    from tuner.store.tables.creation import migrate as migrated

    write_result(migrated(Settings.read(storage).storage, trainable.metrics))


def doctor(
    file: AnyFile = None,
    overrides: Overrides = None,
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    allow_code: AllowCode = False,
    as_json: Json = False,
) -> None:
    """Check all that a launch needs: store, token, cluster, devices, every node; a line a check."""
    from tuner.run.custom.loading import trainable_of
    from tuner.run.doctor.examine import Patient, examine

    results = []
    load = partial(trainable_of, allow_code=allow_code)
    for result in examine(Patient(file, overrides or (), storage, cluster, insecure), load):
        results.append(result)
        if not as_json:
            write_result(str(result))
    if as_json:
        write_result(json.dumps([asdict(result) for result in results], indent=2))
    if any(result.problem for result in results):
        raise typer.Exit(UsageError.exit_code)


def clean(
    study: Name,
    *,
    storage: Storage = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Remove nothing, say how much it would be.")
    ] = False,
) -> None:
    """Remove checkpoints and models that nobody needs any more, by the study's `keep`, from TUNER_RUNS."""
    from tuner.run.files.clean import clean as cleaned_by
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        folder = view.folder_in(settings.runs_folder)
        cleaned = cleaned_by(view, folder, view.config.keep, dry_run=dry_run)
    write_result(f"{'would remove' if dry_run else 'removed'} {cleaned} in {folder}")
    if cleaned.failed:
        raise UsageError("\n".join(cleaned.failed))


def copy(
    study: Name,
    *,
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="URL",
            envvar="TUNER_STORAGE_FROM",
            show_envvar=False,
            help="The store that has the study.",
        ),
    ],
    storage: Storage = None,
) -> None:
    """Copy a study from another store into this one, with all that was reported; it goes on here."""
    from tuner.run import trainable
    from tuner.store.copy_study import copy_study

    settings = Settings.read(storage)
    trials = copy_study(study, source, settings.storage, trainable.metrics, settings.runs_folder)
    write_result(f"copied {study} with {counted(trials, 'trial')}")
