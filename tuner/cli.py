"""The command line: one short function a verb, which parses, calls one function and prints.

Data goes to stdout, everything else to stderr. Verbs import what they need, so that those that only read
start at once.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuner.errors import UsageError
from tuner.maintenance import copy, doctor, migrate
from tuner.options import AllowCode, Cluster, File, Insecure, Json, Name, Overrides, Serial, Storage
from tuner.output import messages, write_message, write_result
from tuner.settings import Settings, secret

if TYPE_CHECKING:
    from tuner.config.study_config import StudyConfig
    from tuner.run.launch import Launched
    from tuner.store.reading.reader import StudyStore

app = typer.Typer(
    name="tuner",
    help="Distributed hyperparameter search for deep metric learning.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"metric-tuner {version('metric-tuner')}")
        raise typer.Exit


@app.callback()
def tuner(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Distributed hyperparameter search for deep metric learning."""


@app.command()
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
) -> None:
    """Run a study to its budget; the same command again goes on where it ended."""
    from tuner.config.study_config import StudyConfig

    config = StudyConfig.load(file, overrides or ())
    if dry_run:
        _check(config, allow_code=allow_code)
    else:
        settings = Settings.read(storage, cluster, insecure=insecure)
        _run(config, settings, serial=serial, allow_code=allow_code)


@app.command()
def resume(
    study: Name,
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    serial: Serial = False,
    allow_code: AllowCode = False,
) -> None:
    """Carry a study on to its budget, from the config in its store."""
    settings = Settings.read(storage, cluster, insecure=insecure)
    with _reading(settings) as store:
        config = store.load(study).config
    _run(config, settings, serial=serial, allow_code=allow_code)


@app.command()
def validate(file: File, overrides: Overrides = None, *, allow_code: AllowCode = False) -> None:
    """Check a study's file: keys, values, sampler, metrics, every corner of its search space."""
    from tuner.config.study_config import StudyConfig

    _check(StudyConfig.load(file, overrides or ()), allow_code=allow_code)


@app.command()
def status(
    study: Annotated[
        str | None, typer.Argument(metavar="[STUDY]", help="All studies if none is named.")
    ] = None,
    *,
    storage: Storage = None,
    as_json: Json = False,
) -> None:
    """Show where studies stand, and why trials of the one that is named did not complete."""
    import json

    from tuner.results.status import driver_line, reason_lines, status_of, status_table

    settings = Settings.read(storage)
    with _reading(settings) as store:
        views = store.studies() if study is None else [store.load(study)]
        statuses = [status_of(view) for view in views]
        reasons = reason_lines(views[0]) if study is not None else []
    if as_json:
        write_result(json.dumps(statuses, indent=2))
        return
    write_result(status_table(statuses))
    if study is None:
        for status in statuses:
            if status["unreadable"]:
                write_message(status["unreadable"])
    else:
        allow_code = not views[0].unreadable and bool(views[0].config.trainable)
        resume = settings.resume(study, allow_code=allow_code)
        write_result("\n".join([driver_line(statuses[0], resume), *reasons]))


@app.command()
def front(study: Name, *, storage: Storage = None, as_json: Json = False) -> None:
    """Show the Pareto front: the completed trials that no other dominates."""
    from tuner.results.front import front_json, front_table

    with _reading(Settings.read(storage)) as store:
        view = store.load(study)
        result = front_json(view) if as_json else front_table(view, view.front())
    write_result(result)


@app.command()
def export(
    study: Name,
    *,
    storage: Storage = None,
    file_format: Annotated[str, typer.Option("--format", help="csv, json or parquet.")] = "csv",
    to: Annotated[Path | None, typer.Option("--to", help="A file; stdout if none is named.")] = None,
) -> None:
    """Write all trials of a study, a row each."""
    from tuner.results.export import exported

    with _reading(Settings.read(storage)) as store:
        data = exported(store.load(study), file_format)
    if to is None:
        write_result(data)
    else:
        try:
            to.write_bytes(data)
        except OSError as error:
            raise UsageError(f"export: {to} cannot be written: {error.strerror}") from error


@app.command()
def dashboard(
    study: Annotated[str | None, typer.Argument(metavar="[STUDY]", help="The study to point at.")] = None,
    *,
    storage: Storage = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on; any but loopback needs TUNER_DASHBOARD_PASSWORD.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for one that is free.")] = 8080,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name that browsers reach it by; repeat for more."),
    ] = None,
    writable: Annotated[
        bool, typer.Option("--writable", help="Let visitors change and delete studies.")
    ] = False,
) -> None:
    """Serve optuna-dashboard on the study store until interrupted; read-only, unless --writable."""
    from tuner.results.dashboard import serve_dashboard
    from tuner.results.dashboard_access import Access
    from tuner.store.reading.dashboard_store import ReadingStore

    access = Access.at(host, allow_host or (), secret("TUNER_DASHBOARD_PASSWORD"), writable=writable)
    store = ReadingStore.open(Settings.read(storage).storage, writable=writable)
    serve_dashboard(store, study, access, write_message, host=host, port=port)


app.command()(copy)
app.command()(migrate)
app.command()(doctor)


@contextmanager
def _reading(settings: Settings) -> Iterator[StudyStore]:
    from tuner.store.database import naming_outages
    from tuner.store.reading.reader import StudyStore

    store = StudyStore.open(settings.storage)
    with naming_outages(store.url):
        yield store


def _check(config: StudyConfig, *, allow_code: bool) -> None:
    from tuner.run.custom.loading import trainable_of
    from tuner.run.launch import check_config

    check_config(config, trainable_of(config, allow_code=allow_code))
    names = ", ".join(config.space.names) or "none"
    write_message(f"{config.study}: valid; it searches over {names}")


def _run(config: StudyConfig, settings: Settings, *, serial: bool, allow_code: bool) -> None:
    from tuner.results.front import front_table
    from tuner.run.custom.loading import trainable_of
    from tuner.run.launch import launch

    if serial and settings.joined:
        raise UsageError(f"--serial trains in this process, not on a cluster; leave out {settings.joined[0]}")
    trainable = trainable_of(config, allow_code=allow_code)
    launched = launch(config, trainable, settings, messages, serial=serial)
    try:
        write_result(front_table(launched.study, launched.front))
    finally:
        _write_next_steps(config, launched, settings)
    raise typer.Exit(launched.exit_code)


def _write_next_steps(config: StudyConfig, launched: Launched, settings: Settings) -> None:
    from tuner.config.name import as_argument

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
