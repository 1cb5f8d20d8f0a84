"""The verbs that search: run a study, go on with it, queue a trial, check a file, confirm a front."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from tuner.errors import UsageError
from tuner.options import AllowCode, Cluster, File, Insecure, Name, Overrides, Serial, Storage
from tuner.output import messages, write_message, write_result
from tuner.settings import Settings

if TYPE_CHECKING:
    from tuner.config.study_config import StudyConfig
    from tuner.run.confirm.confirm import Confirmed
    from tuner.run.launch import Launched
    from tuner.store.reading.study_view import StudyView

More = Annotated[
    int | None,
    typer.Option(
        "--more", min=1, metavar="TRIALS", help="A budget of so many trials beyond those that have ended."
    ),
]

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


def launch(
    file: File,
    overrides: Overrides = None,
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    serial: Serial = False,
    allow_code: AllowCode = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, train nothing.")] = False,
    more: More = None,
    results_of: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="STUDY", help="A new study takes over every trial of this one that fits."
        ),
    ] = None,
) -> None:
    """Run a study to its budget; the same command again goes on where it ended."""
    from tuner.config.study_config import StudyConfig

    config = StudyConfig.load(file, overrides or ())
    if dry_run:
        if more is not None or results_of is not None:
            raise UsageError(
                "--dry-run looks at the file alone, and at no stored study; leave out --more and --from"
            )
        _check(config, allow_code=allow_code)
    else:
        settings = Settings.read(storage, cluster, insecure=insecure)
        if more is not None:
            config = _enlarged(config, settings, more)
        _run(config, settings, serial=serial, allow_code=allow_code, results_of=results_of)


def resume(
    study: Name,
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    serial: Serial = False,
    allow_code: AllowCode = False,
    more: More = None,
) -> None:
    """Carry a study on to its budget, from the config in its store."""
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage, cluster, insecure=insecure)
    with StudyStore.reading(settings.storage) as store:
        config = store.load(study).config
    if more is not None:
        config = _enlarged(config, settings, more)
    _run(config, settings, serial=serial, allow_code=allow_code)


def enqueue(
    study: Name,
    params: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Such as loss.margin=0.2.")],
    *,
    storage: Storage = None,
) -> None:
    """Queue a trial with these parameters, before all that the sampler proposes; it proposes the others."""
    from tuner.config.space.point import read_point
    from tuner.store.enqueue import enqueue_trial
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        number = enqueue_trial(view, read_point(view.config.space, params))
        in_its_turn = view.held_by() is not None and view.remaining
    more = f"; to run it: {settings.resume(study, allow_code=bool(view.config.trainable))}"
    more += "" if view.remaining else " --more 1"
    write_result(f"queued trial {number} of {study}{'' if in_its_turn else more}")


def validate(file: File, overrides: Overrides = None, *, allow_code: AllowCode = False) -> None:
    """Check a study's file: keys, values, sampler, metrics, every corner of its search space."""
    from tuner.config.study_config import StudyConfig

    _check(StudyConfig.load(file, overrides or ()), allow_code=allow_code)


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

    settings = Settings.read(storage, cluster, insecure=insecure)
    _refuse_cluster(settings, serial=serial)
    options = {"--seeds": seeds, "--trials": trials, "--top": top, "--folds": folds}
    words = [word for name, value in options.items() if value is not None for word in (name, str(value))]
    command = settings.again("confirm", study, *words, *["--serial"] * serial)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
    if folds is None and view.config.replicates is not None:
        folds = view.config.replicates.folds
    wanted = Wanted(_numbers(trials), top, seeds, folds or 0)
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


def _refuse_cluster(settings: Settings, *, serial: bool) -> None:
    if serial and settings.joined:
        raise UsageError(f"--serial trains in this process, not on a cluster; leave out {settings.joined[0]}")


def _check(config: StudyConfig, *, allow_code: bool) -> None:
    from tuner.run.custom.loading import trainable_of
    from tuner.run.launch import check_config

    check_config(config, trainable_of(config, allow_code=allow_code))
    names = ", ".join(config.space.names) or "none"
    write_message(f"{config.study}: valid; it searches over {names}")


def _enlarged(config: StudyConfig, settings: Settings, more: int) -> StudyConfig:
    """Return the config with room for so many trials beyond those that the stored study has."""
    from tuner.config.enlarged import enlarged
    from tuner.store.reading.reader import StudyStore

    with StudyStore.reading(settings.storage) as store:
        used = store.load(config.study).spent().used
    return enlarged(config, used + more)


def _run(
    config: StudyConfig,
    settings: Settings,
    *,
    serial: bool,
    allow_code: bool,
    results_of: str | None = None,
) -> None:
    from tuner.results.front import front_table
    from tuner.run.custom.loading import trainable_of
    from tuner.run.launch import launch

    _refuse_cluster(settings, serial=serial)
    trainable = trainable_of(config, allow_code=allow_code)
    launched = launch(config, trainable, settings, messages, serial=serial, results_of=results_of)
    try:
        write_result(front_table(launched.study, launched.front))
    finally:
        _write_next_steps(config, launched, settings)
    raise typer.Exit(launched.exit_code)


def _write_next_steps(config: StudyConfig, launched: Launched, settings: Settings) -> None:
    from tuner.config.name import as_argument
    from tuner.results.front import infeasible_line

    if launched.infeasible:
        write_message(infeasible_line(launched.infeasible))
    if launched.unmet:
        write_message(launched.unmet)
    if launched.halted:
        command = settings.resume(config.study, allow_code=bool(config.trainable))
        write_message(f"{command}  # {launched.halted}")
    verbs = {"dashboard": "look at it in the browser", "status": "every trial that did not complete"}
    verbs |= {"export": "all trials as CSV"}
    for verb, why in verbs.items():
        words = ["python", "-m", "tuner", verb, *settings.repeated, *as_argument(config.study)]
        write_message(f"{shlex.join(words)}  # {why}")
