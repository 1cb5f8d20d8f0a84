"""The verbs that search: run a study, go on with it, queue a trial, check a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tuner.errors import UsageError
from tuner.options import AllowCode, Cluster, File, Insecure, Name, Overrides, Serial, Storage
from tuner.output import messages, write_message, write_result
from tuner.settings import Settings

if TYPE_CHECKING:
    from tuner.config.study_config import StudyConfig
    from tuner.run.ended import Launched

More = Annotated[
    int | None,
    typer.Option(
        "--more", min=1, metavar="TRIALS", help="A budget of so many trials beyond those that have ended."
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
        settings = Settings.read(storage, cluster, insecure=insecure, serial=serial)
        if more is not None:
            config = _enlarged(config, settings, more)
        _run(config, settings, serial=serial, allow_code=allow_code, results_of=results_of)


def resume(
    study: Name,
    overrides: Overrides = None,
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    serial: Serial = False,
    allow_code: AllowCode = False,
    more: More = None,
) -> None:
    """Carry a study on to its budget, from the config in its store; what may change can be overridden.

    A study that was submitted is put into the queue again, unless --serial or --cluster says where to run it.
    """
    from tuner.config.going_on import overridden
    from tuner.store.queue.submission import queued_study
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage, cluster, insecure=insecure, serial=serial)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        config = overridden(view.config, overrides or ())
        is_submitted = not serial and cluster is None and queued_study(view) is not None
    if more is not None:
        config = _enlarged(config, settings, more)
    if is_submitted:
        _queue_again(config, settings, allow_code=allow_code)
    else:
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
    more = None if view.remaining else 1
    resume = settings.resume(study, allow_code=bool(view.config.trainable), more=more)
    write_result(f"queued trial {number} of {study}" + ("" if in_its_turn else f"; to run it: {resume}"))


def validate(file: File, overrides: Overrides = None, *, allow_code: AllowCode = False) -> None:
    """Check a study's file: keys, values, sampler, metrics, every corner of its search space."""
    from tuner.config.study_config import StudyConfig

    _check(StudyConfig.load(file, overrides or ()), allow_code=allow_code)


def _check(config: StudyConfig, *, allow_code: bool) -> None:
    from tuner.run.custom.loading import trainable_of
    from tuner.run.launch import check_config, doubt_lines

    trainable = trainable_of(config, allow_code=allow_code)
    check_config(config, trainable)
    for line in doubt_lines(config, trainable):
        write_message(line)
    names = ", ".join(config.space.names) or "none"
    write_message(f"{config.study}: valid; it searches over {names}")


def _queue_again(config: StudyConfig, settings: Settings, *, allow_code: bool) -> None:
    from tuner.run.custom.loading import trainable_of
    from tuner.run.launch import check_config
    from tuner.store.reading.reader import StudyStore
    from tuner.verbs.queue import put_into_queue

    with StudyStore.reading(settings.storage) as store:
        view = store.load(config.study)
        if config != view.config:
            check_config(config, trainable_of(config, allow_code=allow_code))
        put_into_queue(view, config, settings)


def _enlarged(config: StudyConfig, settings: Settings, more: int) -> StudyConfig:
    """Return the config with room for so many trials beyond those that the stored study has."""
    from tuner.config.going_on import enlarged
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

    settings.refuse_cluster(serial=serial)
    trainable = trainable_of(config, allow_code=allow_code)
    launched = launch(config, trainable, settings, messages, serial=serial, results_of=results_of)
    try:
        write_result(front_table(launched.study, launched.front))
    finally:
        _write_next_steps(config, launched, settings)
    raise typer.Exit(launched.exit_code)


def _write_next_steps(config: StudyConfig, launched: Launched, settings: Settings) -> None:
    from tuner.results.front import infeasible_line

    if launched.infeasible:
        write_message(infeasible_line(launched.infeasible))
    if launched.unmet:
        write_message(launched.unmet)
    if launched.halted:
        command = settings.resume(config.study, allow_code=bool(config.trainable))
        write_message(f"{command}  # {launched.halted}")
    verbs = {"dashboard": "look at it in the browser", "report": "its figures, in one HTML file"}
    verbs |= {"status": "every trial that did not complete", "export": "all trials as CSV"}
    for verb, why in verbs.items():
        write_message(f"{settings.again(verb, config.study)}  # {why}")
    if launched.front and config.trainable is None:
        write_message(f"{settings.again('model', config.study, '--to', 'model')}  # the best trial's model")
