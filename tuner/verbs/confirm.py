"""The verb that confirms: trains a front again, and judges it on the test split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tuner.errors import UsageError
from tuner.options import Cluster, Insecure, Name, Serial, Storage
from tuner.output import messages, write_message, write_result
from tuner.settings import Settings

if TYPE_CHECKING:
    from tuner.run.confirm.confirm import Confirmed
    from tuner.store.reading.study_view import StudyView

Seeds = Annotated[int, typer.Option(min=1, max=1000, help="With how many fresh seeds each is trained.")]
Trials = Annotated[
    str | None, typer.Option(metavar="N,N", help="These trials instead of the front.", show_default=False)
]
Top = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="The N best of the first objective instead of the front."),
]
Folds = Annotated[
    int | None,
    typer.Option(
        min=2,
        metavar="N",
        help="Cross-validate over N parts of the classes; else as `replicates.folds` says.",
    ),
]


def confirm(
    study: Name,
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    serial: Serial = False,
    seeds: Seeds = 3,
    trials: Trials = None,
    top: Top = None,
    folds: Folds = None,
) -> None:
    """Train the front again with fresh seeds, and judge it on the test split, which no search sees."""
    from tuner.run.confirm.confirm import confirm as confirmed_by
    from tuner.run.confirm.jobs import Wanted
    from tuner.run.custom.loading import trainable_of
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage, cluster, insecure=insecure, serial=serial)
    settings.refuse_cluster(serial=serial)
    options = {"--seeds": seeds, "--trials": trials, "--top": top, "--folds": folds}
    words = [word for name, value in options.items() if value is not None for word in (name, str(value))]
    command = settings.again("confirm", study, *words)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
    wanted = Wanted(_numbers(trials), top, seeds, folds)
    trainable = trainable_of(None, allow_code=False)
    ended = confirmed_by(view, wanted, trainable, settings, messages, serial=serial, command=command)
    _write_confirmed(view, ended, settings, command)
    raise typer.Exit(ended.exit_code)


def _write_confirmed(view: StudyView, ended: Confirmed, settings: Settings, command: str) -> None:
    from tuner.results.confirmed import confirmed_table, unfinished_lines

    title = f"{view.name} confirmed: mean over seeds ± 95 % interval"
    write_result(confirmed_table(view, title, ended.records, ended.confirmations))
    for line in unfinished_lines(ended.confirmations):
        write_message(line)
    if ended.halted:
        write_message(f"{command}  # {ended.halted}")
    elif any(not each.is_done for each in ended.confirmations):
        write_message(f"{command}  # tries those that failed again")
    shown = settings.again("front", view.name, "--confirmed")
    write_message(f"{shown}  # the front beside what was found; with --json all metrics")


def _numbers(trials: str | None) -> list[int] | None:
    """Return the numbers of trials in `3,17`; None if there is no such list."""
    if trials is None:
        return None
    words = trials.split(",")
    if not all(word.strip().isdecimal() for word in words):
        raise UsageError(f"--trials: {trials!r} is no list of trials; write their numbers, such as 3,17")
    return [int(word) for word in words]
