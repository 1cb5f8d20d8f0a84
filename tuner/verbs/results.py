"""The verbs that show what studies have found, and write it into files."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from formats.messages import counted
from tuner.errors import UsageError
from tuner.options import Json, Name, Storage
from tuner.output import write_message, write_result
from tuner.settings import Settings, secret

if TYPE_CHECKING:
    from rich.console import ConsoleRenderable

    from tuner.results.status.seen import Seen
    from tuner.results.status.watch import Look

_WATCH_SECONDS = 2
_WATCHED_REASONS = 10  # a terminal is only so high

Watch = Annotated[
    bool, typer.Option("--watch", help="Go on showing it until interrupted, by Ctrl-C for example.")
]
Every = Annotated[
    float | None,
    typer.Option(min=0.1, metavar="SECONDS", help="How often --watch looks; every 2 seconds otherwise."),
]


def status(
    study: Annotated[
        str | None, typer.Argument(metavar="[STUDY]", help="All studies if none is named.")
    ] = None,
    *,
    storage: Storage = None,
    as_json: Json = False,
    watching: Watch = False,
    every: Every = None,
) -> None:
    """Show where studies stand; of the one that is named, what runs, and why trials did not complete."""
    from tuner.results.status.seen import see, see_all
    from tuner.store.database import naming_outages
    from tuner.store.reading.reader import StudyStore

    check_every(every, watching=watching)
    settings = Settings.read(storage)
    store = StudyStore.open(settings.storage)
    most = _WATCHED_REASONS if watching else None

    def look() -> Seen:
        with naming_outages(store.url):
            return see_all(store) if study is None else see(store, study, settings, whole=as_json, most=most)

    show(look, watching=watching, every=every, as_json=as_json)


def check_every(every: float | None, *, watching: bool) -> None:
    """Return unless it is said how often to look at what is looked at once.

    Raises:
        UsageError: it is.
    """
    if every is not None and not watching:
        raise UsageError("--every says how often --watch looks; add --watch, or leave it out")


def show(look: Callable[[], Look], *, watching: bool, every: float | None, as_json: bool) -> None:
    """Show what is seen: once, or with `watching` again and again, every so many seconds."""
    import json

    if watching:
        _watch(look, every or _WATCH_SECONDS, as_json=as_json)
    gc.disable()  # the process ends soon; among many studies the search for cycles takes a tenth of its time
    seen = look()
    if as_json:
        write_result(json.dumps(seen.data, indent=2))
        return
    for part in seen.parts:
        write_result(part)
    for note in seen.notes:
        write_message(note)


def _watch(look: Callable[[], Look], every: float, *, as_json: bool) -> NoReturn:
    from tuner.results.status.watch import watch

    def end(number: int, _frame: object) -> None:
        sys.exit(128 + number)  # not as it would by itself: a terminal gets its cursor back

    signal.signal(signal.SIGTERM, end)
    try:
        watch(look, every, as_json=as_json)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    sys.exit()


def front(
    study: Name,
    *,
    storage: Storage = None,
    as_json: Json = False,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="With what `confirm` found on the test split.")
    ] = False,
) -> None:
    """Show the Pareto front: the feasible trials that no other dominates."""
    from tuner.results.confirmed import confirmed_json, confirmed_table
    from tuner.results.front import front_json, front_table, infeasible_line
    from tuner.store.confirmations.confirmation_sql import confirmations_of
    from tuner.store.reading.reader import StudyStore

    result: str | ConsoleRenderable
    with StudyStore.reading(Settings.read(storage).storage) as store:
        view = store.load(study)
        infeasible = view.summary().infeasible
        if confirmed:
            records, found = view.front(), confirmations_of(view)
            title = f"front of {study}, confirmed: {counted(len(records), 'trial')}"
            if as_json:
                result = confirmed_json(view, records, found)
            else:
                result = confirmed_table(view, title, records, found)
        else:
            result = front_json(view) if as_json else front_table(view, view.front())
    write_result(result)
    if infeasible:
        write_message(infeasible_line(infeasible))


def export(
    study: Name,
    *,
    storage: Storage = None,
    file_format: Annotated[str, typer.Option("--format", help="csv, json or parquet.")] = "csv",
    to: Annotated[Path | None, typer.Option("--to", help="A file; stdout if none is named.")] = None,
    reports: Annotated[
        bool, typer.Option("--reports", help="Every metric of every epoch instead, a row an epoch.")
    ] = False,
) -> None:
    """Write all trials of a study, a row each."""
    from tuner.results.export import exported
    from tuner.results.file import write_file
    from tuner.store.reading.reader import StudyStore

    with StudyStore.reading(Settings.read(storage).storage) as store:
        data = exported(store.load(study), file_format, reports=reports)
    if to is None:
        write_result(data)
    else:
        write_file("export", to, data)


def model(
    study: Name,
    trial: Annotated[
        int | None,
        typer.Argument(metavar="[TRIAL]", help="Its number; the best of the first objective if none is."),
    ] = None,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="A new folder.", show_default=False)],
    storage: Storage = None,
    front: Annotated[
        bool, typer.Option("--front", help="All trials of the front, each in a folder of its own in DIR.")
    ] = False,
    onnx: Annotated[bool, typer.Option("--onnx", help="The network in ONNX as well.")] = False,
) -> None:
    """Write a trial's model into a folder that needs nothing else: `trainers.load(DIR).embed(images)`."""
    from functools import partial

    from tuner.results.model import check_free, chosen, write_models
    from tuner.store.reading.reader import StudyStore

    settings = Settings.read(storage)
    check_free(to)
    with StudyStore.reading(settings.storage) as store:
        view = store.load(study)
        records = chosen(view, trial, front=front)
        from tuner.run import trainable

        write = partial(trainable.write_model, onnx=onnx)
        for line in write_models(view, records, to, settings.runs_folder, write, each=front):
            write_result(line)


def report(
    studies: Annotated[
        list[str],
        typer.Argument(metavar="STUDY...", help="The study, or several side by side.", show_default=False),
    ],
    *,
    storage: Storage = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="A file; report-STUDY.html here if none is named.")
    ] = None,
) -> None:
    """Write a study's figures, tables and commands into one HTML file, which needs no network."""
    from tuner.results.report.file import write_report

    settings = Settings.read(storage)
    write_result(str(write_report(settings, list(dict.fromkeys(studies)), to)))


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
    from tuner.results.dashboard.access import Access
    from tuner.results.dashboard.server import serve_dashboard
    from tuner.store.reading.dashboard_store import ReadingStore

    access = Access.at(host, allow_host or (), secret("TUNER_DASHBOARD_PASSWORD"), writable=writable)
    settings = Settings.read(storage)
    store = ReadingStore.open(settings.storage, writable=writable)
    serve_dashboard(store, study, access, write_message, settings=settings, host=host, port=port)
